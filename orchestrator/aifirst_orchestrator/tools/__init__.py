"""What an agent may do: tools made of typed functions, their schemas, and the gates in front of them."""
