import { Button, Table } from '@mantine/core';
import { useContext, useState } from 'react';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { ColumnMeanings } from '../../components/useColumns';
import { plural } from '../../lib/format';
import { ColumnsDialog } from './ColumnsDialog';

/** What people call the model's columns, and the way to say it. */
export function ColumnsPanel({ modelId, names, mayDescribe }: { modelId: string; names: readonly string[]; mayDescribe: boolean }) {
  const meanings = useContext(ColumnMeanings);
  const [isDescribing, setDescribing] = useState(false);
  const said = names.filter((name) => meanings.has(name)).length;
  return (
    <Panel
      title={titleOf(said, names.length)}
      note="Shown beside a column's own name wherever it is measured; nothing follows from it."
      actions={mayDescribe && <Button size="xs" variant="default" onClick={() => setDescribing(true)}>Describe…</Button>}
    >
      {said > 0 && (
        <details>
          <summary className="dim small">The columns</summary>
          <Sideways label="What the columns mean">
            <Table verticalSpacing={2}>
              <Table.Thead>
                <Table.Tr><Table.Th>Column</Table.Th><Table.Th>What people call it</Table.Th><Table.Th>Values</Table.Th></Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {names.map((name) => (
                  <Table.Tr key={name}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td>{meanings.get(name)?.title ?? '–'}</Table.Td>
                    <Table.Td className="dim small">
                      {[...(meanings.get(name)?.labels ?? [])].map(([value, label]) => `${value} ${label}`).join(', ') || '–'}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Sideways>
        </details>
      )}
      {isDescribing && <ColumnsDialog modelId={modelId} names={names} onClose={() => setDescribing(false)} onDone={() => undefined} />}
    </Panel>
  );
}

function titleOf(said: number, columns: number): string {
  if (said === 0) return 'Nobody has said yet what the columns mean';
  return said === columns ? 'What the columns mean' : `What ${said} of ${plural(columns, 'column')} mean`;
}
