import { FormDialog } from '../../components/FormDialog';
import { Happens } from '../../components/Happens';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';

const RedactText = graphql(`
  mutation RedactText($input: RedactTextInput!) {
    redactText(input: $input) {
      __typename
      ... on RedactTextPayload {
        lagging
      }
      ...Refusal
    }
  }
`);

/** What may show the text, or that it was redacted. */
const OF_TEXTS = ['AuditEntry', 'Model', 'Project', 'Organization', 'ApiKey'] as const;

/** The end of a text that told of somebody. */
export function RedactDialog({ position, onClose }: { position: string; onClose: () => void }) {
  const command = useCommand(RedactText, onClose, OF_TEXTS);
  return (
    <FormDialog
      title="Redact the text"
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { position } })}
      action="Redact it for good"
      isDanger
    >
      <Happens
        says={<><strong>This is for good:</strong> nobody can bring the text back. It will</>}
        all={[
          'destroy what was written, in every copy of the record and of any moment',
          'show “[redacted]” in its place, on screens and in exports from now on',
          'be recorded with your name; that there was a text stays',
        ]}
      />
      <p className="dim">Exports that were made before keep it.</p>
    </FormDialog>
  );
}
