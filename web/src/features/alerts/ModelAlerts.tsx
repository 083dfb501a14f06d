import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../components/Panel';
import { Empty, Loaded, LoadingRows } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { actorName } from '../../lib/sentences';
import { AddRuleDialog } from './AddRuleDialog';
import { AlertBoard } from './AlertBoard';
import { ruleText } from './rules';
import classes from './alerts.module.css';

const AlertRules = graphql(`
  query AlertRules($modelId: ID!, $asOf: AsOf) {
    alertRules(modelId: $modelId, asOf: $asOf) {
      id
      name
      subject
      operator
      threshold
      inARow
      isEnabled
      addedAt
      addedBy {
        kind
        id
        name
      }
    }
  }
`);

/** A model's alerts and the rules that raise them. */
export function ModelAlertsTab({ modelId, mayAdd }: { modelId: string; mayAdd: boolean }) {
  const { asOf } = useAsOf();
  const [isAdding, setAdding] = useState(false);
  const [result, readAgain] = useKeptQuery({ query: AlertRules, variables: { modelId, asOf } });
  const read = () => readAgain({ requestPolicy: 'network-only' });
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      <AlertBoard modelId={modelId} />
      <Panel
        title="Rules"
        note="A rule watches one number of the recorded evaluations."
        actions={mayAdd && <Button size="xs" variant="default" onClick={() => setAdding(true)}>Add a rule…</Button>}
        isFlush
      >
        <Loaded
          what="The rules"
          result={result}
          onRetry={read}
          loading={<div className={classes.inset}><LoadingRows rows={2} /></div>}
          isEmpty={(data) => data.alertRules.length === 0}
          empty={<div className={classes.inset}><Empty title="No rule watches this model">{mayAdd ? 'Add one, for example: ' : 'For example: '}trust below 0.75, two recorded results in a row.</Empty></div>}
        >
          {(data) => (
            <Table verticalSpacing={6} className={classes.rules}>
              <Table.Thead>
                <Table.Tr><Table.Th>Name</Table.Th><Table.Th>Raises when</Table.Th><Table.Th>State</Table.Th><Table.Th>Added</Table.Th></Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.alertRules.map((rule) => (
                  <Table.Tr key={rule.id}>
                    <Table.Td>{rule.name}</Table.Td>
                    <Table.Td>{ruleText(rule)}</Table.Td>
                    <Table.Td>{rule.isEnabled ? 'On' : 'Off'}</Table.Td>
                    <Table.Td><Time at={rule.addedAt} /> by {actorName(rule.addedBy)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Loaded>
      </Panel>
      {isAdding && <AddRuleDialog modelId={modelId} onClose={() => setAdding(false)} onDone={read} />}
    </div>
  );
}
