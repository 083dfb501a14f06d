import { Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from 'urql';
import { ReasonDialog } from '../../components/ReasonDialog';
import type { Asking } from '../../components/useCommand';
import { graphql } from '../../gql';
import type { RequestErasureInput } from '../../gql/graphql';
import type { ModelToChoose } from './KeepingTab';

const ColumnsOfModel = graphql(`
  query ColumnsOfModel($id: ID!) {
    model(id: $id) {
      id
      versions(first: 200) {
        nodes {
          id
          signature {
            columns {
              name
            }
          }
        }
      }
    }
  }
`);

const BY_ID = '';

/** Whose rows go: one id or value on a line. */
export function RequestErasureDialog({ models, command, onClose, onRequest }: {
  models: readonly ModelToChoose[];
  command: Asking;
  onClose: () => void;
  onRequest: (input: RequestErasureInput) => unknown;
}) {
  const [modelId, setModelId] = useState(models[0]?.id ?? '');
  const [column, setColumn] = useState(BY_ID);
  const [text, setText] = useState('');
  const [result] = useQuery({ query: ColumnsOfModel, variables: { id: modelId }, pause: modelId === '' });
  const columns = new Set(result.data?.model?.versions.nodes.flatMap(({ signature }) => signature.columns.map(({ name }) => name)));
  const values = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const request = (reason: string) => onRequest(
    column === BY_ID ? { modelId, reason, predictionIds: values } : { modelId, reason, column, values },
  );
  return (
    <ReasonDialog
      title="Erase rows"
      onClose={onClose}
      happens={[
        'remove these rows and their labels for good, from every version of the model',
        'take them out of every count; what was recorded before stays, with a note of how many rows went',
        'refuse these predictions when they are sent again',
      ]}
      reasonLabel="Why do they go?"
      action="Erase them"
      isDanger
      isReady={modelId !== '' && values.length > 0}
      command={command}
      onReason={request}
    >
      <Select label="Model" allowDeselect={false} required data={models.map(({ id, name }) => ({ value: id, label: name }))} value={modelId} onChange={(id) => setModelId(id ?? modelId)} />
      <Select
        label="What tells whose a row is"
        allowDeselect={false}
        data={[{ value: BY_ID, label: 'The prediction’s id' }, ...[...columns].map((name) => ({ value: name, label: `The column ${name}` }))]}
        value={column}
        onChange={(value) => setColumn(value ?? BY_ID)}
      />
      <Textarea label={column === BY_ID ? 'Ids, one on a line' : 'Values, one on a line'} description="At most 500. They are kept as keyed hashes alone." required autosize minRows={2} maxRows={8} value={text} onChange={(event) => setText(event.currentTarget.value)} />
    </ReasonDialog>
  );
}
