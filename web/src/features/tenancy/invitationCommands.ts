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

export const InviteMember = graphql(`
  mutation InviteMember($input: InviteMemberInput!) {
    inviteMember(input: $input) {
      __typename
      ... on InviteMemberPayload {
        invitation {
          id
          invitee
        }
      }
      ...Refusal
    }
  }
`);

export const WithdrawInvitation = graphql(`
  mutation WithdrawInvitation($input: WithdrawInvitationInput!) {
    withdrawInvitation(input: $input) {
      __typename
      ... on WithdrawInvitationPayload {
        invitation {
          id
          state
        }
      }
      ...Refusal
    }
  }
`);

export const AcceptInvitation = graphql(`
  mutation AcceptInvitation($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) {
      __typename
      ... on AcceptInvitationPayload {
        organization {
          id
          name
        }
      }
      ...Refusal
    }
  }
`);
