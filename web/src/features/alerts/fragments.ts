import { graphql } from '../../gql';

/** An alert as lists and its own panel tell it. */
export const AlertFigures = graphql(`
  fragment AlertFigures on Alert {
    id
    state
    sentence
    since
    raisedAt
    timesRaised
    value
    note
    acknowledgedAt
    acknowledgedBy {
      kind
      id
      name
    }
    resolvedAt
    resolvedBy {
      kind
      id
      name
    }
    evaluationId
    rule {
      id
      name
      subject
      operator
      threshold
      inARow
    }
    model {
      id
      name
    }
    version {
      id
      tag
    }
  }
`);
