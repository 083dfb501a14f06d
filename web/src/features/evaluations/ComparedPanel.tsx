import { Select, Table } from '@mantine/core';
import { Choice } from '../../components/Choice';
import { ColumnName } from '../../components/ColumnName';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { LoadingRows } from '../../components/states';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import type { ComparedEvaluationsQuery } from '../../gql/graphql';
import { measured, measureName, words } from '../../lib/format';
import { exactMoment, windowText } from '../../lib/time';
import { useMeasures } from './useMeasures';
import { VerdictMark } from './VerdictMark';

const CHOICES = 30;

const ToCompareWith = graphql(`
  query ToCompareWith($model: ID!, $first: Int!, $asOf: AsOf) {
    model(id: $model, asOf: $asOf) {
      id
      evaluations(first: $first) {
        nodes {
          id
          state
          cause
          completedAt
          windowStart
          windowEnd
          version {
            id
            tag
          }
        }
      }
    }
  }
`);

const ComparedEvaluations = graphql(`
  query ComparedEvaluations($id: ID!, $with: ID!, $asOf: AsOf) {
    evaluation(id: $id, asOf: $asOf) {
      id
      comparedWith(id: $with) {
        measure
        subject
        areApart
        first {
          value
          verdict
        }
        second {
          value
          verdict
        }
      }
    }
  }
`);

type Pair = NonNullable<NonNullable<ComparedEvaluationsQuery['evaluation']>['comparedWith']>[number];

/** This evaluation beside another of the model: what is judged otherwise, and what moved farther than chance explains. */
export function ComparedPanel({ evaluationId, modelId }: { evaluationId: string; modelId: string }) {
  const { asOf } = useAsOf();
  const [other, setOther] = useParam('with');
  const [{ data }] = useKeptQuery({ query: ToCompareWith, variables: { model: modelId, first: CHOICES, asOf } });
  const others = data?.model?.evaluations.nodes.filter((each) => each.state === 'COMPLETED' && each.id !== evaluationId) ?? [];
  if (others.length === 0) return null;
  return (
    <Panel title="Beside another" note="What is judged otherwise, and what lies farther apart than both intervals." isFlush>
      <div style={{ padding: '0 16px 12px' }}>
        <Select
          aria-label="Evaluation to compare with"
          placeholder="Choose an evaluation"
          data={others.map((each) => ({ value: each.id, label: `${windowText(each.windowStart, each.windowEnd)}, ${each.version.tag}, ${words(each.cause).toLowerCase()}, ${exactMoment(each.completedAt)}` }))}
          value={other || null}
          onChange={(value) => setOther(value ?? '')}
          searchable
          clearable
        />
      </div>
      {other !== '' && <Pairs evaluationId={evaluationId} other={other} />}
    </Panel>
  );
}

function Pairs({ evaluationId, other }: { evaluationId: string; other: string }) {
  const { asOf } = useAsOf();
  const measures = useMeasures();
  const [which, setWhich] = useParam('pairs', 'notable');
  const [{ data, fetching, error }] = useKeptQuery({ query: ComparedEvaluations, variables: { id: evaluationId, with: other, asOf } });
  const found = data?.evaluation?.comparedWith;
  if (!found) return <div style={{ padding: 16 }}>{fetching && !error ? <LoadingRows rows={4} /> : <p className="dim">There is nothing to compare with.</p>}</div>;
  const notable = found.filter(isNotable);
  const shown = which === 'all' ? found : notable;
  return (
    <>
      <div style={{ padding: '0 16px 8px' }}>
        <Choice name="Which results" value={which} onChoose={setWhich} options={[['notable', `Notable ${notable.length}`], ['all', `All ${found.length}`]]} />
      </div>
      {shown.length === 0 ? (
        <p className="dim" style={{ padding: '0 16px 16px' }}>Every result is judged as there, and no two lie apart.</p>
      ) : (
        <Sideways label="Results side by side">
          <Table verticalSpacing={4} highlightOnHover style={{ minWidth: 640 }}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Measure</Table.Th>
                <Table.Th>Of</Table.Th>
                <Table.Th className="figures">There</Table.Th>
                <Table.Th>Judged</Table.Th>
                <Table.Th className="figures">Here</Table.Th>
                <Table.Th>Judged</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((pair) => (
                <Table.Tr key={`${pair.measure} ${pair.subject ?? ''}`}>
                  <Table.Td>{measures.get(pair.measure)?.title ?? measureName(pair.measure)}</Table.Td>
                  <Table.Td>{pair.subject !== null && <ColumnName name={pair.subject} />}</Table.Td>
                  <Side result={pair.first} />
                  <Side result={pair.second} />
                  <Table.Td className="dim small">{pair.areApart ? 'farther than chance' : ''}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Sideways>
      )}
    </>
  );
}

function Side({ result }: { result: Pair['first'] }) {
  return (
    <>
      <Table.Td className="figures">{result === null ? '–' : measured(result.value)}</Table.Td>
      <Table.Td>{result !== null && <VerdictMark verdict={result.verdict} />}</Table.Td>
    </>
  );
}

function isNotable(pair: Pair): boolean {
  return pair.areApart || pair.first?.verdict !== pair.second?.verdict;
}
