import { graphql } from '../../gql';

export const PlaceLegalHold = graphql(`
  mutation PlaceLegalHold($input: PlaceLegalHoldInput!) {
    placeLegalHold(input: $input) {
      __typename
      ... on PlaceLegalHoldPayload {
        lagging
      }
      ...Refusal
    }
  }
`);

export const LiftLegalHold = graphql(`
  mutation LiftLegalHold($input: LiftLegalHoldInput!) {
    liftLegalHold(input: $input) {
      __typename
      ... on LiftLegalHoldPayload {
        lagging
      }
      ...Refusal
    }
  }
`);

export const RequestErasure = graphql(`
  mutation RequestErasure($input: RequestErasureInput!) {
    requestErasure(input: $input) {
      __typename
      ... on RequestErasurePayload {
        lagging
      }
      ...Refusal
    }
  }
`);
