import { Button, Table } from '@mantine/core';
import { MeaningMark } from '../../components/Meaning';
import { PROOFS } from '../../components/meanings';
import { Panel } from '../../components/Panel';
import { Refused } from '../../components/Refused';
import { Sideways } from '../../components/Sideways';
import { Time } from '../../components/Time';
import { useCommand } from '../../components/useCommand';
import { useRefresh } from '../../components/useRefresh';
import { graphql, readFragment, type FragmentType } from '../../gql';
import type { ProofFiguresFragment } from '../../gql/graphql';
import { measureName, plural, significant } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { apart } from './apart';
import classes from './ProofPanel.module.css';

export const ProofFigures = graphql(`
  fragment ProofFigures on Evaluation {
    recomputations {
      position
      state
      outcome
      areRowsTheSame
      differenceCount
      isSameProcessor
      otherLibraries
      failure
      requestedAt
      completedAt
      requestedBy {
        kind
        id
        name
      }
      testDifferences {
        measure
        subject
        withinTolerance
        recorded {
          pValue
          corrected
          hasDrifted
        }
        now {
          pValue
          corrected
          hasDrifted
        }
      }
      differences {
        measure
        subject
        withinTolerance
        recorded {
          value
          low
          high
          rows
          verdict
          reason
          baseline
          limit
        }
        now {
          value
          low
          high
          rows
          verdict
          reason
          baseline
          limit
        }
      }
    }
  }
`);

const RecomputeEvaluation = graphql(`
  mutation RecomputeEvaluation($input: RecomputeEvaluationInput!) {
    recomputeEvaluation(input: $input) {
      __typename
      ... on RecomputeEvaluationPayload {
        evaluation {
          id
          ...ProofFigures
        }
      }
      ...Refusal
    }
  }
`);

const RUNNING_MILLISECONDS = 1_000;

type Recomputation = ProofFiguresFragment['recomputations'][number];

/** Whether the record still comes out of the rows: each time that somebody had it computed once more. */
export function ProofPanel({ evaluation: given, evaluationId, mayAsk, onChange }: {
  evaluation: FragmentType<typeof ProofFigures>;
  evaluationId: string;
  mayAsk: boolean;
  onChange: () => void;
}) {
  const { recomputations } = readFragment(ProofFigures, given);
  const command = useCommand(RecomputeEvaluation, onChange);
  const isUnderWay = recomputations.some((each) => each.state === 'REQUESTED');
  useRefresh(onChange, isUnderWay ? RUNNING_MILLISECONDS : null);
  if (!mayAsk && recomputations.length === 0) return null;
  const newest = recomputations[0];
  return (
    <Panel
      title="Proof"
      note="The rows that it names, counted and measured once more, beside what was recorded."
      actions={mayAsk && (
        <Button size="xs" variant="default" loading={command.isBusy || isUnderWay} onClick={() => void command.send({ input: { evaluationId } })}>
          Compute it once more
        </Button>
      )}
    >
      <Refused {...command} />
      {recomputations.length === 0 && <p className="dim">Nobody has had it computed once more yet.</p>}
      <ul className={classes.list}>
        {recomputations.map((each) => <li key={each.position}><Line of={each} /></li>)}
      </ul>
      {newest && newest.differences.length + newest.testDifferences.length > 0 && <Differences of={newest} />}
    </Panel>
  );
}

function Line({ of }: { of: Recomputation }) {
  const asked = <span className="dim">Asked for by {actorName(of.requestedBy)}, <Time at={of.requestedAt} /></span>;
  if (of.state === 'REQUESTED') return <><MeaningMark meaning="unknown">Running</MeaningMark> {asked}</>;
  if (of.outcome === null) return <><MeaningMark meaning="watch">Not computed</MeaningMark> {of.failure} {asked}</>;
  const { meaning, word } = PROOFS[of.outcome];
  return <><MeaningMark meaning={meaning}>{word}</MeaningMark> {sentence(of)} {asked}</>;
}

/** What is behind the word: the rows, the results, and what it was computed with. */
function sentence(of: Recomputation): string {
  const count = of.differenceCount ?? 0;
  const parts = [of.areRowsTheSame ? 'The rows are the recorded ones' : 'The rows are not the recorded ones: some were erased, thrown away or changed'];
  parts.push(count === 0 ? 'every result is too' : `${plural(count, 'result')} ${count === 1 ? 'is' : 'are'} not the recorded ${count === 1 ? 'one' : 'ones'}`);
  const besides = [...(of.isSameProcessor ? [] : ['on another processor']), ...(of.otherLibraries ?? []).map((each) => `with ${each}`)];
  return `${parts.join('; ')}${besides.length > 0 ? `, ${besides.join(', ')}` : ''}.`;
}

/** A p-value and what it was corrected to. */
function testText(test: { pValue: number; corrected: number; hasDrifted: boolean } | null): string {
  return test === null ? 'none' : `p ${significant(test.pValue)}, corrected ${significant(test.corrected)}${test.hasDrifted ? ', moved' : ''}`;
}

function Differences({ of }: { of: Recomputation }) {
  const count = of.differenceCount ?? 0;
  const shownOf = of.differences.length + of.testDifferences.length;
  return (
    <Sideways label="Results that differ">
      <Table verticalSpacing={4} style={{ minWidth: 560 }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Measure</Table.Th>
            <Table.Th className="figures">Recorded</Table.Th>
            <Table.Th className="figures">Now</Table.Th>
            <Table.Th>What differs</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {of.differences.map((each) => {
            const { recorded, now, besides } = apart(each);
            return (
              <Table.Tr key={`${each.measure} ${each.subject}`}>
                <Table.Td>{measureName(each.measure)}{each.subject === null ? '' : ` of ${each.subject}`}</Table.Td>
                <Table.Td className="figures">{recorded}</Table.Td>
                <Table.Td className="figures">{now}</Table.Td>
                <Table.Td className="dim small">{besides}</Table.Td>
              </Table.Tr>
            );
          })}
          {of.testDifferences.map((each) => (
            <Table.Tr key={`test ${each.measure} ${each.subject}`}>
              <Table.Td>{measureName(each.measure)}{each.subject === null ? '' : ` of ${each.subject}`}, its test</Table.Td>
              <Table.Td className="figures">{testText(each.recorded)}</Table.Td>
              <Table.Td className="figures">{testText(each.now)}</Table.Td>
              <Table.Td className="dim small">{each.withinTolerance ? 'the last digits' : 'its p-value, or what that was corrected to'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {count > shownOf && <p className="dim small">The first {shownOf} of {count}.</p>}
    </Sideways>
  );
}
