import { Button, Table } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { Empty } from '../../components/states';
import { Time } from '../../components/Time';
import type { ShownHold } from './KeepingTab';
import classes from './tenancy.module.css';

/** The legal holds that are in force. */
export function HoldsPanel({ holds, onPlace, onLift }: {
  holds: readonly ShownHold[];
  onPlace?: () => void;
  onLift?: (hold: ShownHold) => void;
}) {
  return (
    <Panel
      title="Legal holds"
      note="While one is in force, nothing that it holds is removed by age or erased, and the project can’t be deleted."
      isFlush
      actions={onPlace && <Button size="xs" variant="default" onClick={onPlace}>Place a hold</Button>}
    >
      {holds.length === 0 ? (
        <div className={classes.inset}><Empty title="Nothing is held">Rows go when they are older than the project keeps them, or when somebody’s are erased.</Empty></div>
      ) : (
        <Table verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Holds</Table.Th>
              <Table.Th>Why</Table.Th>
              <Table.Th>Placed</Table.Th>
              <Table.Th><span className="visually-hidden">What can be done</span></Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {holds.map((hold) => (
              <Table.Tr key={hold.id}>
                <Table.Td className={classes.person}>{nameOfHeld(hold)}</Table.Td>
                <Table.Td className={classes.person}>{hold.reason}</Table.Td>
                <Table.Td className={classes.moment}>
                  <Time at={hold.placedAt} />
                  {hold.placedBy.name && <div className="dim">by {hold.placedBy.name}</div>}
                </Table.Td>
                <Table.Td>
                  {onLift && <Button size="compact-xs" variant="default" aria-label={`Lift the hold of ${nameOfHeld(hold)}`} onClick={() => onLift(hold)}>Lift</Button>}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}

export function nameOfHeld(hold: ShownHold): string {
  return hold.model?.name ?? 'the whole project';
}
