"""From loose prose to a specification that tickets can be made of; the reader of specifications is the judge."""
