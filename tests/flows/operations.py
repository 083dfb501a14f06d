"""The GraphQL operations of the flows."""

from base64 import b64decode

PROJECT = "{ projects(first: 1) { nodes { id } } }"
REGISTER = """
mutation ($input: RegisterModelInput!) {
  registerModel(input: $input) {
    ... on RegisterModelPayload { model { id } position }
    ... on Failure { code message }
  }
}
"""
ADD_VERSION = """
mutation ($input: AddVersionInput!) {
  addVersion(input: $input) {
    ... on AddVersionPayload { version { id } position }
    ... on Failure { code message }
  }
}
"""
SET_BASELINE = """
mutation ($input: SetBaselineInput!) {
  setBaseline(input: $input) {
    ... on SetBaselinePayload { position }
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
REQUEST_EVALUATION = """
mutation ($input: RequestEvaluationInput!) {
  requestEvaluation(input: $input) {
    ... on RequestEvaluationPayload { position }
    ... on Failure { code message }
  }
}
"""
UPLOAD = """
mutation ($input: UploadPredictionsInput!) {
  uploadPredictions(input: $input) {
    ... on IngestReceipt { accepted duplicates rejectedCount }
    ... on Failure { code message }
  }
}
"""


def key_of(global_id: str) -> str:
    """What a global id names, in the database."""
    return b64decode(global_id).decode().partition(":")[2]
