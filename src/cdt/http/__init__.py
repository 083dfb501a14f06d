"""Routes that are not GraphQL: intake, health, metrics, GraphiQL, the dashboard's files."""
