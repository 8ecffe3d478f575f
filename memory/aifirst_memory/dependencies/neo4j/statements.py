"""The Cypher that is sent. Values are always parameters; labels and types are the model's own fixed names.

Every node of ours has the label `AifirstNode`, a second one by its kind, and the project it is of; a file's
nodes share its path as `bucket`, what is in no file has an empty one. `AifirstMark` tells which buckets are written.
"""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.model import EDGE_KINDS, NODE_KINDS, Node

LABELS: Final = {kind: kind.capitalize() for kind in NODE_KINDS}
TYPES: Final = {kind: kind.upper().replace("-", "_") for kind in EDGE_KINDS}
KINDS_BY_TYPE: Final = {name: kind for kind, name in TYPES.items()}
WRITER: Final = (
    "CREATE CONSTRAINT aifirst_writer IF NOT EXISTS FOR (w:AifirstWriter) REQUIRE w.project IS UNIQUE"
)
SCHEMA: Final = (
    "CREATE CONSTRAINT aifirst_node IF NOT EXISTS FOR (n:AifirstNode) REQUIRE (n.project, n.id) IS UNIQUE",
    "CREATE CONSTRAINT aifirst_mark IF NOT EXISTS FOR (m:AifirstMark) REQUIRE (m.project, m.bucket) IS UNIQUE",
    "CREATE CONSTRAINT aifirst_project IF NOT EXISTS FOR (p:AifirstProject) REQUIRE p.id IS UNIQUE",
    "CREATE INDEX aifirst_bucket IF NOT EXISTS FOR (n:AifirstNode) ON (n.project, n.bucket)",
    "CREATE INDEX aifirst_parent IF NOT EXISTS FOR (n:AifirstNode) ON (n.project, n.parent)",
    "CALL db.awaitIndexes(300)",
)
HOLD: Final = "MERGE (w:AifirstWriter {project: $project}) SET w.since = timestamp()"
"""Never committed: while its transaction is open, another one that runs this waits, and a writer that dies lets go."""
CLAIM: Final = (
    "MERGE (p:AifirstProject {id: $project}) SET p.writer = $writer, p.name = $name,"
    " p.whole = coalesce(p.whole, false), p.revision = coalesce(p.revision, 0)"
)
STEP: Final = (
    "MATCH (p:AifirstProject {id: $project}) SET p.whole = false SET p.revision = p.revision + 1"
    " RETURN p.writer AS writer"
)
"""Makes the steps of a project wait for each other, and tells whose turn it is."""
FINISH: Final = (
    "MATCH (p:AifirstProject {id: $project}) SET p.whole = true, p.entry_points = $entry_points,"
    " p.revision = p.revision + 1"
)
PROJECT: Final = (
    "MATCH (p:AifirstProject {id: $project}) RETURN p.whole AS whole, p.revision AS revision,"
    " p.entry_points AS entry_points"
)
PROJECTS: Final = "MATCH (p:AifirstProject) RETURN p.id AS id, p.name AS name ORDER BY id"
MARKS: Final = "MATCH (m:AifirstMark {project: $project}) RETURN m.bucket AS bucket, m.digest AS digest"
UNMARK: Final = "UNWIND $buckets AS bucket MATCH (m:AifirstMark {project: $project, bucket: bucket}) DELETE m"
MARK: Final = (
    "UNWIND $marks AS mark MERGE (m:AifirstMark {project: $project, bucket: mark[0]}) SET m.digest = mark[1]"
)
ALL_BUCKETS: Final = "MATCH (n:AifirstNode {project: $project}) RETURN DISTINCT n.bucket AS bucket"
ANY_NODE: Final = "MATCH (n:AifirstNode {project: $project}) RETURN 1 LIMIT 1"
DELETE_GONE: Final = (
    "UNWIND $buckets AS row MATCH (n:AifirstNode {project: $project, bucket: row.bucket})"
    " WHERE NOT n.id IN row.ids DETACH DELETE n"
)
DELETE_EDGES: Final = (
    "UNWIND $buckets AS bucket MATCH (n:AifirstNode {project: $project, bucket: bucket})-[e]->()"
    " WITH e LIMIT $most DELETE e RETURN count(*) AS gone"
)
_NODE_COLUMNS: Final = tuple(name for name in (*Node.__struct_fields__, "bucket", "marks") if name != "id")
PUT_NODES: Final = {
    kind: (
        "UNWIND range(0, size($id) - 1) AS i MERGE (n:AifirstNode {project: $project, id: $id[i]})"
        f" SET n:{label}, {', '.join(f'n.{name} = ${name}[i]' for name in _NODE_COLUMNS)}"
        " RETURN collect(n.id) AS ids, collect(elementId(n)) AS elements"
    )
    for kind, label in LABELS.items()
}
"""Columns, because a name of a property with every value is most of what the client packs and the server reads."""
ELEMENTS: Final = (
    "UNWIND $ids AS id MATCH (n:AifirstNode {project: $project, id: id})"
    " RETURN collect(n.id) AS ids, collect(elementId(n)) AS elements"
)
PUT_EDGES: Final = {
    kind: (
        "UNWIND range(0, size($elements) - 1) AS k"
        " MATCH (n:AifirstNode) WHERE elementId(n) = $elements[k] AND n.project = $project"
        " WITH n, k ORDER BY k WITH collect(n) AS nodes WHERE size(nodes) = size($elements)"
        " UNWIND range(0, size($source) - 1) AS i"
        " WITH nodes[$source[i]] AS s, nodes[$target[i]] AS t, i"
        f" CREATE (s)-[:{name} {{path: $paths[$path[i]], line: $line[i], confidence: $confidence[i]}}]->(t)"
    )
    for kind, name in TYPES.items()
}
"""Each node is found once a batch, by the server's own number of it: finding it by its id costs more than the edge.

Where one of them is gone nothing is written, which the count of edges tells.
"""
REMOVE: Final = (
    "MATCH (n:AifirstNode {project: $project}) WITH n LIMIT $most DETACH DELETE n RETURN count(*) AS gone"
)
REMOVE_MARKS: Final = (
    "MATCH (m:AifirstMark {project: $project}) WITH m LIMIT $most DELETE m RETURN count(*) AS gone"
)
REMOVE_PROJECT: Final = "MATCH (p:AifirstProject {id: $project}) DELETE p"

_COLUMNS = (
    " RETURN collect(s.id) AS source, collect(t.id) AS target, collect(type(e)) AS kind, collect(e.path) AS path,"
    " collect(e.line) AS line, collect(e.confidence) AS confidence"
)
EDGES_INTO: Final = (
    "UNWIND $ids AS id MATCH (t:AifirstNode {project: $project, id: id})<-[e]-(s:AifirstNode)"
    f" WHERE type(e) IN $types AND e.confidence >= $least{_COLUMNS}"
)
EDGES_FROM: Final = (
    "UNWIND $ids AS id MATCH (s:AifirstNode {project: $project, id: id})-[e]->(t:AifirstNode)"
    f" WHERE type(e) IN $types AND e.confidence >= $least{_COLUMNS}"
)
CHILDREN: Final = (
    "UNWIND $ids AS id MATCH (n:AifirstNode {project: $project, parent: id}) RETURN n.id AS id, id AS parent"
)
EXISTING: Final = "UNWIND $ids AS id MATCH (n:AifirstNode {project: $project, id: id}) RETURN n.id AS id"
NODE: Final = "MATCH (n:AifirstNode {project: $project, id: $id}) RETURN n AS node"
ENDING: Final = (
    "MATCH (n:AifirstNode {project: $project}) WHERE n.id ENDS WITH $text OR n.id ENDS WITH $text + '/'"
    " RETURN n AS node"
)
ALL_NODES: Final = "MATCH (n:AifirstNode {project: $project}) RETURN n AS node"
ALL_EDGES: Final = (
    "MATCH (s:AifirstNode {project: $project})-[e]->(t:AifirstNode)"
    f" WITH s.bucket AS bucket, s, e, t{_COLUMNS.replace(' RETURN ', ' RETURN bucket, ')}"
)
