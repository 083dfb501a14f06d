import { graphql } from '../../gql';

export const RenameProject = graphql(`
  mutation RenameProject($input: RenameProjectInput!) {
    renameProject(input: $input) {
      __typename
      ... on RenameProjectPayload {
        project {
          id
          name
        }
      }
      ...Refusal
    }
  }
`);

export const DescribeProject = graphql(`
  mutation DescribeProject($input: DescribeProjectInput!) {
    describeProject(input: $input) {
      __typename
      ... on DescribeProjectPayload {
        project {
          id
          description
        }
      }
      ...Refusal
    }
  }
`);

export const ChangeProjectSettings = graphql(`
  mutation ChangeProjectSettings($input: ChangeProjectSettingsInput!) {
    changeProjectSettings(input: $input) {
      __typename
      ... on ChangeProjectSettingsPayload {
        project {
          id
          timeZone
          retentionDays
        }
      }
      ...Refusal
    }
  }
`);

export const ChangeDefaultTrustPolicy = graphql(`
  mutation ChangeDefaultTrustPolicy($input: ChangeDefaultTrustPolicyInput!) {
    changeDefaultTrustPolicy(input: $input) {
      __typename
      ... on ChangeDefaultTrustPolicyPayload {
        policy {
          ...PolicyFigures
        }
      }
      ...Refusal
    }
  }
`);

export const ArchiveProject = graphql(`
  mutation ArchiveProject($input: ProjectInput!) {
    archiveProject(input: $input) {
      __typename
      ... on ArchiveProjectPayload {
        project {
          id
          archivedAt
        }
      }
      ...Refusal
    }
  }
`);

export const RestoreProject = graphql(`
  mutation RestoreProject($input: ProjectInput!) {
    restoreProject(input: $input) {
      __typename
      ... on RestoreProjectPayload {
        project {
          id
          archivedAt
        }
      }
      ...Refusal
    }
  }
`);

export const DeleteProject = graphql(`
  mutation DeleteProject($input: DeleteProjectInput!) {
    deleteProject(input: $input) {
      __typename
      ... on DeleteProjectPayload {
        project {
          id
        }
      }
      ...Refusal
    }
  }
`);
