import { stringifyDocument } from 'urql';
import { graphql } from '../gql';
import { FROM_A_PAGE } from './renewal';
import { currentSession, endSession } from './session';

const SignOut = graphql(`
  mutation SignOut($input: SignOutInput!) {
    signOut(input: $input) {
      __typename
    }
  }
`);

/** Leave at once, and let the server end the session too, also when the page is closed meanwhile. */
export function signOut(): void {
  const session = currentSession();
  endSession();
  if (session === null) return;
  fetch('/graphql', {
    method: 'POST',
    keepalive: true,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${session.accessToken}`, ...FROM_A_PAGE },
    body: JSON.stringify({ query: stringifyDocument(SignOut), variables: { input: {} } }),
  }).catch(() => undefined); // unreachable: the token ends by itself within the hour
}
