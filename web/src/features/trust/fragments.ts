import { graphql } from '../../gql';

/** Everything that a screen says of one score, recorded or live. */
export const TrustFigures = graphql(`
  fragment TrustFigures on TrustScore {
    value
    reason
    interval {
      low
      high
    }
    coverage
    threshold
    standing
    trend {
      direction
      share
    }
    notMeasured
    components {
      kind
      value
      weight
      contribution
      evidence
      reason
      rows
      interval {
        low
        high
      }
      parts {
        name
        value
      }
    }
    aggregation
    formula
    policyVersion
    recordedAt
    position
    windowEnd
    evaluationId
    version {
      id
      tag
    }
    sentence
  }
`);

/** What the score that was recorded last is worth by how long no rows have come in. */
export const FreshnessFigures = graphql(`
  fragment FreshnessFigures on TrustFreshness {
    newestRowsAt
    weight
    coverage
    standing
    sentence
  }
`);

export const LiveTrust = graphql(`
  subscription LiveTrust($modelId: ID!, $after: Cursor) {
    trustScore(modelId: $modelId, after: $after) {
      cursor
      sequence
      readAt
      rows
      labels
      labelCoverage
      windowStart
      windowEnd
      score {
        ...TrustFigures
      }
    }
  }
`);
