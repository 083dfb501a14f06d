"""The GraphQL operations of the demo."""

PROJECTS = """
query ($name: String!) {
  models(first: 50, filter: {search: $name}, orderBy: REGISTERED_ASC) { nodes { name description project { id } } }
  projects(first: 1) { nodes { id } }
}
"""

REGISTER = """
mutation ($input: RegisterModelInput!) {
  registerModel(input: $input) {
    ... on RegisterModelPayload { model { id } }
    ... on Failure { code message }
  }
}
"""

ADD_VERSION = """
mutation ($input: AddVersionInput!) {
  addVersion(input: $input) {
    ... on AddVersionPayload { version { id baseline { rows } deployments { role } } }
    ... on Failure { code message }
  }
}
"""

DESCRIBE = """
mutation ($input: DescribeColumnsInput!) {
  describeColumns(input: $input) {
    ... on DescribeColumnsPayload { position }
    ... on Failure { code message }
  }
}
"""

SET_BASELINE = """
mutation ($input: SetBaselineInput!) {
  setBaseline(input: $input) {
    ... on SetBaselinePayload { version { baseline { rows labelledRows } } }
    ... on Failure { code message }
  }
}
"""

PROMOTE = """
mutation ($input: PromoteVersionInput!) {
  promoteVersion(input: $input) {
    ... on PromoteVersionPayload { position }
    ... on Failure { code message }
  }
}
"""

ADD_RULE = """
mutation ($input: AddAlertRuleInput!) {
  addAlertRule(input: $input) {
    ... on AddAlertRulePayload { position }
    ... on Failure { code message }
  }
}
"""

ROW = """
query ($version: ID!, $id: String!) {
  version(id: $version) { rows(first: 1, filter: {predictionId: $id}) { nodes { label } } }
}
"""

INTAKE = "query ($id: ID!) { model(id: $id) { intake { predictions labels } } }"
