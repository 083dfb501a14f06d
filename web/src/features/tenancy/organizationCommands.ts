import { graphql } from '../../gql';

export const RenameOrganization = graphql(`
  mutation RenameOrganization($input: RenameOrganizationInput!) {
    renameOrganization(input: $input) {
      __typename
      ... on RenameOrganizationPayload {
        organization {
          id
          name
        }
      }
      ...Refusal
    }
  }
`);

export const DescribeOrganization = graphql(`
  mutation DescribeOrganization($input: DescribeOrganizationInput!) {
    describeOrganization(input: $input) {
      __typename
      ... on DescribeOrganizationPayload {
        organization {
          id
          description
        }
      }
      ...Refusal
    }
  }
`);

export const SetOrganizationDomain = graphql(`
  mutation SetOrganizationDomain($input: SetOrganizationDomainInput!) {
    setOrganizationDomain(input: $input) {
      __typename
      ... on SetOrganizationDomainPayload {
        organization {
          id
          domain
        }
      }
      ...Refusal
    }
  }
`);

export const DeleteOrganization = graphql(`
  mutation DeleteOrganization($input: DeleteOrganizationInput!) {
    deleteOrganization(input: $input) {
      __typename
      ... on DeleteOrganizationPayload {
        organization {
          id
        }
      }
      ...Refusal
    }
  }
`);
