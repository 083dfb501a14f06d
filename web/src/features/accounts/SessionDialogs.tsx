import { FormDialog } from '../../components/FormDialog';
import { useCommand } from '../../components/useCommand';
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

interface Dialog {
  onClose: () => void;
  onDone: () => void;
}

export function EndSessionDialog({ session, onClose, onDone }: Dialog & { session: { id: string; program: string } }) {
  const command = useCommand(EndSession, () => {
    onDone();
    onClose();
  });
  return (
    <FormDialog
      title={`Sign out ${session.program}`}
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { sessionId: session.id } })}
      action="Sign it out"
      isDanger
    >
      <p>Whoever uses this session is signed out at once and has to give the password again. Change the password too if it wasn’t you.</p>
    </FormDialog>
  );
}

export function SignOutEverywhereDialog({ others, onClose, onDone }: Dialog & { others: string }) {
  const command = useCommand(SignOutEverywhere, () => {
    onDone();
    onClose();
  });
  return (
    <FormDialog
      title="Sign out everywhere else"
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { keepThis: true } })}
      action="Sign out everywhere else"
      isDanger
    >
      <p>This ends {others} at once. This one goes on.</p>
    </FormDialog>
  );
}
