import { useState, type SubmitEvent } from 'react';
import { FROM_A_PAGE } from '../src/lib/renewal';
import { beginSession } from '../src/lib/session';

const SIGN_IN = `mutation ($input: SignInInput!) {
  signIn(input: $input) {
    ... on SignInPayload { accessToken expiresAt viewer { id name email } }
    ... on Failure { message }
  }
}`;

interface SignedIn {
  data?: {
    signIn: {
      accessToken?: string;
      expiresAt?: string;
      viewer?: { id: string; name: string | null; email: string | null };
      message?: string;
    };
  };
}

/** Email and password, where the dashboard has no session to share. */
export function SignIn() {
  const [failure, setFailure] = useState<string | null>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...FROM_A_PAGE },
      body: JSON.stringify({ query: SIGN_IN, variables: { input: { email: form.get('email'), password: form.get('password') } } }),
    })
      .then((response) => response.json() as Promise<SignedIn>)
      .catch(() => null);
    const answer = response?.data?.signIn;
    if (answer?.accessToken !== undefined && answer.expiresAt !== undefined && answer.viewer !== undefined) {
      beginSession({ accessToken: answer.accessToken, expiresAt: answer.expiresAt, viewer: answer.viewer });
    } else {
      setFailure(answer?.message ?? 'The server did not answer. Try again.');
    }
  };
  return (
    <main className="sign-in">
      <form onSubmit={(event) => void submit(event)}>
        <h1>Sign in to GraphiQL</h1>
        {failure !== null && <p role="alert">{failure}</p>}
        <label>
          Email
          <input type="email" name="email" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password
          <input type="password" name="password" autoComplete="current-password" required />
        </label>
        <button type="submit">Sign in</button>
      </form>
    </main>
  );
}
