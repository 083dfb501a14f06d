import { Autocomplete, Group, NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { useDialogCommand, type Opener } from '../../components/useDialogCommand';
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
      ...Refusal
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
export function AddRuleDialog({ modelId, ...opener }: Opener & { modelId: string }) {
  const [{ data: catalog }] = useKeptQuery({ query: WatchedMeasures, requestPolicy: 'cache-first' });
  const command = useDialogCommand(AddAlertRule, opener);
  const [name, setName] = useState('');
  const [subject, setSubject] = useState('trust');
  const [operator, setOperator] = useState<Operator>('BELOW');
  const [threshold, setThreshold] = useState<number | string>(0.75);
  const [inARow, setInARow] = useState<number | string>(2);
  const rule = { subject, operator, threshold: Number(threshold), inARow: Number(inARow) };
  return (
    <FormDialog
      title="Add an alert rule"
      onClose={opener.onClose}
      command={command}
      onSubmit={() => command.send({ input: { modelId, name: name.trim(), ...rule } })}
      action="Add the rule"
      isReady={name.trim() !== ''}
    >
      <TextInput label="Name" required data-autofocus maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Autocomplete
        label="Number"
        description="trust, a measure, a measure:feature, or a measure@slice of the plan"
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
    </FormDialog>
  );
}
