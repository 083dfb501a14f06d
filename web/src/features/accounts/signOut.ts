import { graphql } from '../../gql';

export const SignOut = graphql(`
  mutation SignOut {
    signOut {
      __typename
    }
  }
`);
