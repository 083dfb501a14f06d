import { graphql } from '../../gql';

export const DeclineInvitation = graphql(`
  mutation DeclineInvitation($input: DeclineInvitationInput!) {
    declineInvitation(input: $input) {
      __typename
      ... on DeclineInvitationPayload {
        invitation {
          id
          state
        }
      }
      ...Refusal
    }
  }
`);
