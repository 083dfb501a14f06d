import { FormDialog } from '../../components/FormDialog';
import { useDialogCommand, type Opener } from '../../components/useDialogCommand';
import { graphql } from '../../gql';

const EndSession = graphql(`
  mutation EndSession($input: EndSessionInput!) {
    endSession(input: $input) {
      __typename
      ... on EndedPayload {
        lagging
      }
      ...Refusal
    }
  }
`);

const SignOutEverywhere = graphql(`
  mutation SignOutEverywhere($input: SignOutEverywhereInput!) {
    signOutEverywhere(input: $input) {
      __typename
      ... on EndedPayload {
        lagging
      }
      ...Refusal
    }
  }
`);

export function EndSessionDialog({ session, ...opener }: Opener & { session: { id: string; program: string } }) {
  const command = useDialogCommand(EndSession, opener);
  return (
    <FormDialog
      title={`Sign out ${session.program}`}
      onClose={opener.onClose}
      command={command}
      onSubmit={() => command.send({ input: { sessionId: session.id } })}
      action="Sign it out"
      isDanger
    >
      <p>Whoever uses this session is signed out at once and has to give the password again. Change the password too if it wasn’t you.</p>
    </FormDialog>
  );
}

export function SignOutEverywhereDialog({ others, ...opener }: Opener & { others: string }) {
  const command = useDialogCommand(SignOutEverywhere, opener);
  return (
    <FormDialog
      title="Sign out everywhere else"
      onClose={opener.onClose}
      command={command}
      onSubmit={() => command.send({ input: { keepThis: true } })}
      action="Sign out everywhere else"
      isDanger
    >
      <p>This ends {others} at once. This one goes on.</p>
    </FormDialog>
  );
}
