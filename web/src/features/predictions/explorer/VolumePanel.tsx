import { Table } from '@mantine/core';
import { Panel } from '../../../components/Panel';
import { Empty, Loaded, LoadingBlock } from '../../../components/states';
import { useKeptQuery } from '../../../components/useKeptQuery';
import { useRefresh } from '../../../components/useRefresh';
import { graphql } from '../../../gql';
import { count, share } from '../../../lib/format';
import { day, moment } from '../../../lib/time';
import { VolumeChart, type Volume } from './VolumeChart';

const VersionVolume = graphql(`
  query VersionVolume($id: ID!) {
    version(id: $id) {
      id
      volume {
        step
        startsAt
        predictions
        labels
        reason
      }
    }
  }
`);

const REFRESH_MILLISECONDS = 10_000;
const DAY_MILLISECONDS = 86_400_000;

/** How many rows a version has over time. */
export function VolumePanel({ versionId, onChoose }: { versionId: string; onChoose: (from: number, to: number) => void }) {
  const [result, readAgain] = useKeptQuery({ query: VersionVolume, variables: { id: versionId } });
  useRefresh(readAgain, REFRESH_MILLISECONDS);
  const series = result.data?.version?.volume;
  const isByDay = series?.step !== 'HOUR';
  const volumes = series ? volumesOf(series) : [];
  const [predictions, labels] = [sumOf(volumes, 'predictions'), sumOf(volumes, 'labels')];
  return (
    <Panel
      title="Rows over time"
      note={volumes.length > 0 ? `${count(predictions)} predictions, of which a share of ${share(predictions === 0 ? null : labels / predictions)} is labelled (filled). A click on a bar chooses its rows.` : undefined}
    >
      <Loaded
        what="The rows over time"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<LoadingBlock height={160} />}
        isEmpty={() => volumes.length === 0}
        empty={<Empty title={series?.reason ?? 'Nothing to show'}>How many predictions were made in each hour or day, and how many of them have a label.</Empty>}
      >
        {() => (
          <>
            <VolumeChart volumes={volumes} isByDay={isByDay} onChoose={({ at, end }) => onChoose(at, end)} />
            <details>
              <summary className="dim small">As a table</summary>
              <div style={{ maxHeight: 320, overflow: 'auto' }}>
                <Table verticalSpacing={2}>
                  <Table.Thead>
                    <Table.Tr><Table.Th>From</Table.Th><Table.Th className="figures">Predictions</Table.Th><Table.Th className="figures">Labelled</Table.Th></Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {volumes.map((each) => (
                      <Table.Tr key={each.at}>
                        <Table.Td>{isByDay ? day(each.at) : moment(each.at)}</Table.Td>
                        <Table.Td className="figures">{count(each.predictions)}</Table.Td>
                        <Table.Td className="figures">{count(each.labels)}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </div>
            </details>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface Series {
  step: 'HOUR' | 'DAY' | 'MONTH';
  startsAt: readonly string[];
  predictions: readonly number[];
  labels: readonly number[];
}

const LENGTHS = { HOUR: DAY_MILLISECONDS / 24, DAY: DAY_MILLISECONDS, MONTH: 30 * DAY_MILLISECONDS };

/** Each step with its end, which is the next one's start. */
export function volumesOf({ step, startsAt, predictions, labels }: Series): Volume[] {
  const starts = startsAt.map((each) => Date.parse(each));
  return starts.map((at, place) => ({
    at,
    end: starts[place + 1] ?? at + LENGTHS[step],
    predictions: predictions[place] ?? 0,
    labels: labels[place] ?? 0,
  }));
}

function sumOf(volumes: readonly Volume[], of: 'predictions' | 'labels'): number {
  return volumes.reduce((sum, each) => sum + each[of], 0);
}
