import { Table } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Sideways } from '../../components/Sideways';
import { Time } from '../../components/Time';
import type { EvaluationScreenQuery } from '../../gql/graphql';
import { count, share, words } from '../../lib/format';

type OfWindow = NonNullable<EvaluationScreenQuery['evaluation']>['ofSameWindow'][number];

/** The same window, measured when less was known of it, or more: nothing where it was measured once. */
export function SameWindow({ evaluations, shown }: { evaluations: readonly OfWindow[]; shown: string }) {
  if (evaluations.length < 2) return null;
  return (
    <Panel title="The same window, as it was known" note="The newest first. Labels that come late make a new record; those before stay." isFlush>
      <Sideways label="Records of the same window">
        <Table verticalSpacing={4} highlightOnHover style={{ minWidth: 640 }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Known on</Table.Th>
              <Table.Th>Why</Table.Th>
              <Table.Th className="figures">Rows</Table.Th>
              <Table.Th className="figures">Labels</Table.Th>
              <Table.Th className="figures">Labelled share</Table.Th>
              <Table.Th className="figures">Trust</Table.Th>
              <Table.Th className="figures">Failed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {evaluations.map((each) => (
              <Table.Tr key={each.id} aria-current={each.id === shown ? 'true' : undefined}>
                <Table.Td>
                  {each.id === shown ? <strong><Time at={each.completedAt} isExact /> (this one)</strong> : <PlaceLink to={paths.evaluation(each.id)}><Time at={each.completedAt} isExact /></PlaceLink>}
                </Table.Td>
                <Table.Td>{words(each.cause)}</Table.Td>
                <Table.Td className="figures">{count(each.rows)}</Table.Td>
                <Table.Td className="figures">{count(each.labels)}</Table.Td>
                <Table.Td className="figures">{share(each.labelCoverage)}</Table.Td>
                <Table.Td className="figures">{share(each.score?.value)}</Table.Td>
                <Table.Td className="figures">{count(each.failed)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Sideways>
    </Panel>
  );
}
