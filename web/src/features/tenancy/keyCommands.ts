import { graphql } from '../../gql';

export const ShownKey = graphql(`
  fragment ShownKey on ApiKey {
    id
    name
    prefix
    state
    permissions
    createdAt
    createdBy {
      name
    }
    expiresAt
    formerPrefix
    formerEndsAt
    revokedAt
    revokedBy {
      name
    }
    revokeReason
    models {
      id
      name
    }
    lastUsedAt
  }
`);

export const CreateKey = graphql(`
  mutation CreateKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      __typename
      ... on CreateApiKeyPayload {
        key
      }
      ...Refusal
    }
  }
`);

export const CreateOwnKey = graphql(`
  mutation CreateOwnKey($input: CreateOwnApiKeyInput!) {
    createOwnApiKey(input: $input) {
      __typename
      ... on CreateOwnApiKeyPayload {
        key
      }
      ...Refusal
    }
  }
`);

export const RotateKey = graphql(`
  mutation RotateKey($input: RotateApiKeyInput!) {
    rotateApiKey(input: $input) {
      __typename
      ... on RotateApiKeyPayload {
        key
      }
      ...Refusal
    }
  }
`);

export const RotateOwnKey = graphql(`
  mutation RotateOwnKey($input: RotateOwnApiKeyInput!) {
    rotateOwnApiKey(input: $input) {
      __typename
      ... on RotateOwnApiKeyPayload {
        key
      }
      ...Refusal
    }
  }
`);

export const RevokeKey = graphql(`
  mutation RevokeKey($input: RevokeApiKeyInput!) {
    revokeApiKey(input: $input) {
      __typename
      ... on RevokeApiKeyPayload {
        lagging
      }
      ...Refusal
    }
  }
`);

export const RevokeOwnKey = graphql(`
  mutation RevokeOwnKey($input: RevokeOwnApiKeyInput!) {
    revokeOwnApiKey(input: $input) {
      __typename
      ... on RevokeOwnApiKeyPayload {
        lagging
      }
      ...Refusal
    }
  }
`);
