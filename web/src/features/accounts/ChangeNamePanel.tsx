import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../components/Panel';
import { Refused } from '../../components/Refused';
import { Loaded, LoadingRows } from '../../components/states';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { renameInSession } from '../../lib/session';
import classes from './account.module.css';

const OwnProfile = graphql(`
  query OwnProfile {
    viewer {
      id
      name
      email
    }
  }
`);

const ChangeProfile = graphql(`
  mutation ChangeProfile($input: ChangeProfileInput!) {
    changeProfile(input: $input) {
      __typename
      ... on ViewerPayload {
        viewer {
          id
          name
        }
      }
      ...Refusal
    }
  }
`);

/** The name that others see beside what the reader did; the address is shown, and is what one signs in with. */
export function ChangeNamePanel() {
  const [result, readAgain] = useKeptQuery({ query: OwnProfile });
  return (
    <Panel title="Name" note="What others see beside what you do, also beside what you did before.">
      <Loaded
        what="Your profile"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<LoadingRows rows={3} height={32} />}
      >
        {({ viewer }) => viewer && <NameForm key={viewer.name} name={viewer.name ?? ''} email={viewer.email ?? ''} />}
      </Loaded>
    </Panel>
  );
}

function NameForm({ name, email }: { name: string; email: string }) {
  const [wanted, setWanted] = useState(name);
  const { send, isBusy, failure } = useCommand(ChangeProfile, () => renameInSession(wanted.trim()));
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        void send({ input: { name: wanted.trim() } });
      }}
    >
      <Refused failure={failure} />
      <TextInput label="Name" autoComplete="name" required value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
      <TextInput label="Email" description="What you sign in with. It can’t be changed." value={email} readOnly />
      <Button type="submit" loading={isBusy} disabled={wanted.trim() === '' || wanted.trim() === name}>Change the name</Button>
    </form>
  );
}
