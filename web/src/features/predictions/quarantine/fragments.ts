import { graphql } from '../../../gql';

export const QuarantineFigures = graphql(`
  fragment QuarantineFigures on QuarantinedRow {
    number
    kind
    state
    key
    row
    sent
    reasons {
      column
      kind
      reason
    }
    predictionId
    predictedAt
    receivedAt
    settledAt
    resolvedBy
    discardedBy {
      id
      name
    }
  }
`);

export const QuarantineOfModel = graphql(`
  query QuarantineOfModel($id: ID!) {
    model(id: $id) {
      id
      intakePolicy
      production {
        version {
          id
        }
      }
      versions(first: 50) {
        nodes {
          id
          tag
          signature {
            classes
            columns {
              name
              kind
            }
          }
        }
      }
    }
  }
`);

export const QuarantinePage = graphql(`
  query QuarantinePage($id: ID!, $first: Int!, $after: Cursor, $filter: QuarantineFilter) {
    version(id: $id) {
      id
      quarantine(first: $first, after: $after, filter: $filter) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          number
          ...QuarantineFigures
        }
      }
    }
  }
`);

export const ResubmitQuarantined = graphql(`
  mutation ResubmitQuarantined($input: ResubmitQuarantinedInput!) {
    resubmitQuarantined(input: $input) {
      __typename
      ... on IngestReceipt {
        accepted
        duplicates
        rejectedCount
        marked
      }
      ...Refusal
    }
  }
`);

export const DiscardQuarantined = graphql(`
  mutation DiscardQuarantined($input: DiscardQuarantinedInput!) {
    discardQuarantined(input: $input) {
      __typename
      ... on DiscardQuarantinedPayload {
        discarded
        lagging
      }
      ...Refusal
    }
  }
`);

export const ChangeIntakePolicy = graphql(`
  mutation ChangeIntakePolicy($input: ChangeIntakePolicyInput!) {
    changeIntakePolicy(input: $input) {
      __typename
      ... on ChangeIntakePolicyPayload {
        lagging
        model {
          id
          intakePolicy
        }
      }
      ...Refusal
    }
  }
`);
