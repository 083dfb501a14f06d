import { graphql } from '../../gql';

/** One number with everything that is said of it. */
export const ResultFigures = graphql(`
  fragment ResultFigures on Result {
    measure
    subject
    value
    interval {
      low
      high
    }
    rows
    verdict
    severity
    reason
    definition
    definitionDigest
    baseline
    limit
  }
`);

export const DriftFigures = graphql(`
  fragment DriftFigures on FeatureDrift {
    feature
    kind
    psi {
      ...ResultFigures
    }
    jensenShannon {
      ...ResultFigures
    }
    kolmogorovSmirnov {
      ...ResultFigures
    }
    distribution {
      labels
      baseline
      current
    }
  }
`);

export const DriftOfAllFigures = graphql(`
  fragment DriftOfAllFigures on DriftOfAll {
    results {
      ...ResultFigures
    }
    tests {
      sentence
      drifted
    }
  }
`);

export const FairnessFigures = graphql(`
  fragment FairnessFigures on AttributeFairness {
    attribute
    heldAgainst
    demographicParityDifference {
      ...ResultFigures
    }
    demographicParityRatio {
      ...ResultFigures
    }
    equalOpportunityDifference {
      ...ResultFigures
    }
    equalOpportunityRatio {
      ...ResultFigures
    }
    groups {
      group
      rows
      labelled
      selectionRate
      selectionInterval {
        low
        high
      }
      truePositiveRate
      truePositiveInterval {
        low
        high
      }
      isLargeEnough
    }
  }
`);

export const SpreadFigures = graphql(`
  fragment SpreadFigures on Spread {
    rows
    missing
    least
    greatest
    mean
    deviation
  }
`);

export const QualityFigures = graphql(`
  fragment QualityFigures on DataQuality {
    volume {
      ...ResultFigures
    }
    freshness {
      ...ResultFigures
    }
    clockSkew {
      ...ResultFigures
    }
    duplicates {
      ...ResultFigures
    }
    violations {
      ...ResultFigures
    }
    unlikely {
      ...ResultFigures
    }
    columns {
      feature
      kind
      missing {
        ...ResultFigures
      }
      outOfRange {
        ...ResultFigures
      }
      newCategories {
        ...ResultFigures
      }
      constant {
        ...ResultFigures
      }
      spread {
        ...SpreadFigures
      }
      baselineSpread {
        ...SpreadFigures
      }
    }
  }
`);
