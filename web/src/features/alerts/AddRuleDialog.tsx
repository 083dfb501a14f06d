import { Alert, Autocomplete, Button, Group, Modal, NumberInput, Select, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useMutation } from 'urql';
import { problemOf } from '../../components/outcome';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import type { Operator } from '../../gql/graphql';
import { ruleText } from './rules';

const AddAlertRule = graphql(`
  mutation AddAlertRule($input: AddAlertRuleInput!) {
    addAlertRule(input: $input) {
      __typename
      ... on AddAlertRulePayload {
        lagging
        rule {
          id
        }
      }
      ... on Failure {
        message
      }
      ... on InvalidError {
        fields {
          path
          message
        }
      }
    }
  }
`);

const WatchedMeasures = graphql(`
  query WatchedMeasures {
    measures {
      name
    }
  }
`);

/** A rule in its own words while it is written. */
export function AddRuleDialog({ modelId, onClose, onDone }: { modelId: string; onClose: () => void; onDone: () => void }) {
  const [{ data: catalog }] = useKeptQuery({ query: WatchedMeasures, requestPolicy: 'cache-first' });
  const [{ fetching }, add] = useMutation(AddAlertRule);
  const [name, setName] = useState('');
  const [subject, setSubject] = useState('trust');
  const [operator, setOperator] = useState<Operator>('BELOW');
  const [threshold, setThreshold] = useState<number | string>(0.75);
  const [inARow, setInARow] = useState<number | string>(2);
  const [failure, setFailure] = useState<string | null>(null);
  const rule = { subject, operator, threshold: Number(threshold), inARow: Number(inARow) };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const { data, error } = await add({ input: { modelId, name: name.trim(), ...rule } });
    const problem = problemOf(error, data?.addAlertRule);
    setFailure(problem);
    if (problem === null) {
      onDone();
      onClose();
    }
  };
  return (
    <Modal opened onClose={onClose} title="Add an alert rule" centered>
      <form onSubmit={(event) => void submit(event)} style={{ display: 'grid', gap: 16 }}>
        <TextInput label="Name" required data-autofocus maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Autocomplete
          label="Number"
          description="trust, a measure, or a measure:feature"
          required
          data={['trust', ...(catalog?.measures ?? []).map((measure) => measure.name)]}
          value={subject}
          onChange={setSubject}
        />
        <Group grow align="flex-end" gap={8}>
          <Select label="Raise when it is" data={[{ value: 'BELOW', label: 'below' }, { value: 'ABOVE', label: 'above' }]} allowDeselect={false} value={operator} onChange={(value) => setOperator(value ?? 'BELOW')} />
          <NumberInput label="Threshold" required step={0.01} decimalScale={4} value={threshold} onChange={setThreshold} />
          <NumberInput label="In a row" required min={1} max={100} allowDecimal={false} value={inARow} onChange={setInARow} />
        </Group>
        <p className="dim">{ruleText(rule)}.</p>
        {failure !== null && <Alert color="red" variant="light" role="alert">{failure}</Alert>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button type="submit" loading={fetching} disabled={name.trim() === ''}>Add the rule</Button>
        </Group>
      </form>
    </Modal>
  );
}
