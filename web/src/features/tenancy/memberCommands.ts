import { graphql } from '../../gql';

export const ChangeMemberRole = graphql(`
  mutation ChangeMemberRole($input: ChangeMemberRoleInput!) {
    changeMemberRole(input: $input) {
      __typename
      ... on ChangeMemberRolePayload {
        member {
          id
          role
        }
      }
      ...Refusal
    }
  }
`);

export const RemoveMember = graphql(`
  mutation RemoveMember($input: RemoveMemberInput!) {
    removeMember(input: $input) {
      __typename
      ... on RemoveMemberPayload {
        member {
          id
        }
      }
      ...Refusal
    }
  }
`);

export const LeaveOrganization = graphql(`
  mutation LeaveOrganization($input: LeaveOrganizationInput!) {
    leaveOrganization(input: $input) {
      __typename
      ... on LeaveOrganizationPayload {
        member {
          id
        }
      }
      ...Refusal
    }
  }
`);

export const TransferOwnership = graphql(`
  mutation TransferOwnership($input: TransferOwnershipInput!) {
    transferOwnership(input: $input) {
      __typename
      ... on TransferOwnershipPayload {
        member {
          id
          role
        }
      }
      ...Refusal
    }
  }
`);

export const SetProjectRole = graphql(`
  mutation SetProjectRole($input: SetProjectRoleInput!) {
    setProjectRole(input: $input) {
      __typename
      ... on SetProjectRolePayload {
        member {
          id
        }
      }
      ...Refusal
    }
  }
`);
