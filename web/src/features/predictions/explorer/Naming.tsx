import { Select, Table } from '@mantine/core';
import { Sideways } from '../../../components/Sideways';
import type { Head } from './csv';
import type { Role } from './roles';
import classes from './explorer.module.css';

const SAMPLES = 3;

/** Which column of the file is which of the version's, each beside what stands in it. */
export function Naming({ head, roles, chosen, onChoose }: {
  head: Head;
  roles: readonly Role[];
  chosen: Readonly<Record<string, string>>;
  onChoose: (chosen: Record<string, string>) => void;
}) {
  const taken = new Set(Object.values(chosen));
  const left = head.header.filter((column) => !taken.has(column));
  const choose = (role: string, column: string | null) => {
    // a column that is given to another role is taken from the one it had
    const others = Object.entries(chosen).filter(([name, each]) => name !== role && each !== column);
    onChoose(Object.fromEntries(column === null ? others : [...others, [role, column]]));
  };
  return (
    <>
      <div className={classes.naming} tabIndex={0} role="region" aria-label="Columns of the file">
      <Sideways label="Columns, sideways">
        <Table verticalSpacing={4} style={{ minWidth: 560 }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>The version's column</Table.Th>
              <Table.Th>is in the file</Table.Th>
              <Table.Th>such as</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {roles.map(({ name, isRequired, meaning }) => (
              <Table.Tr key={name}>
                <Table.Td>
                  {name}
                  <div className="dim small">{meaning}{isRequired ? '' : ', if there is one'}</div>
                </Table.Td>
                <Table.Td>
                  <Select
                    size="xs"
                    aria-label={`The column that is ${name}`}
                    placeholder={isRequired ? 'Choose one' : 'None'}
                    error={isRequired && !chosen[name]}
                    clearable
                    searchable
                    data={head.header}
                    value={chosen[name] ?? null}
                    onChange={(column) => choose(name, column)}
                    w={200}
                  />
                </Table.Td>
                <Table.Td className="dim small">{samplesOf(head, chosen[name])}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Sideways>
      </div>
      {left.length > 0 && <p className="dim small">Left out: {left.join(', ')}.</p>}
    </>
  );
}

function samplesOf(head: Head, column: string | undefined): string {
  const place = column === undefined ? -1 : head.header.indexOf(column);
  return place < 0 ? '' : head.rows.slice(0, SAMPLES).map((row) => row[place] ?? '').join(', ');
}
