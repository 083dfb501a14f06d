import { Table } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Failing, LoadingRows } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { graphql } from '../../gql';
import type { AccessKind } from '../../gql/graphql';
import { count } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { Filters, useFilter } from './filters';
import { More } from './SecurityTab';
import { usePages } from '../../components/usePages';
import classes from './security.module.css';

const PAGE = 100;
const NAMES = ['how', 'model', 'actor', 'from', 'to'] as const;
const OPTIONS: readonly { value: AccessKind; label: string }[] = [
  { value: 'OPENED', label: 'Opened' },
  { value: 'LISTED', label: 'Seen in a list' },
];

const ModelAccesses = graphql(`
  query ModelAccesses($id: ID!, $first: Int!, $after: Cursor, $filter: ModelAccessFilter, $asOf: AsOf) {
    modelAccesses(organizationId: $id, first: $first, after: $after, filter: $filter, asOf: $asOf) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        how
        from
        to
        firstAt
        lastAt
        count
        modelId
        model {
          id
          name
        }
        actor {
          kind
          id
          name
        }
      }
    }
  }
`);

/** Who read which model, counted by the hour, and by the day where it stood in a list. */
export function AccessTab({ id }: { id: string }) {
  const { asOf } = useAsOf();
  const [, setParams] = useSearchParams();
  const { text, time, isNarrowed } = useFilter(NAMES);
  const how = OPTIONS.find(({ value }) => value === text('how'))?.value ?? null;
  const filter = { how, modelId: text('model'), actorId: text('actor'), from: time('from'), to: time('to') };
  const pages = usePages(ModelAccesses, { id, first: PAGE, after: null, filter, asOf }, ({ modelAccesses }) => modelAccesses, asOf !== null);
  const only = (name: string, value: string) => () =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      next.set(name, value);
      return next;
    });
  const reads = pages.nodes;
  return (
    <Panel
      title="Who read which model"
      note="By the hour where a model was opened, by the day where it stood in a list. Sending rows is not reading."
      isFlush
      actions={<Filters kind="how" label="How" options={OPTIONS} others={[['model', 'One model'], ['actor', 'One person or key']]} />}
    >
      {pages.error && <Failing what="The reads" error={pages.error} onRetry={pages.retry} />}
      {reads === undefined && !pages.error && <div className={classes.inset}><LoadingRows rows={8} height={28} /></div>}
      {reads?.length === 0 && (
        <div className={classes.inset}>
          <Empty title={isNarrowed ? 'Nothing fits' : 'Nobody has read a model'}>
            {isNarrowed ? 'Loosen the filters, or look at another moment.' : 'A read stands here a second after it.'}
          </Empty>
        </div>
      )}
      {reads !== undefined && reads.length > 0 && (
        <Table verticalSpacing={6} className={classes.rows}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>How</Table.Th>
              <Table.Th>First</Table.Th>
              <Table.Th>Last</Table.Th>
              <Table.Th className="figures">Times</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {reads.map((read) => (
              <Table.Tr key={`${read.modelId} ${read.actor.id} ${read.how} ${read.from}`}>
                <Table.Td className={classes.who}>
                  {read.model ? <PlaceLink to={paths.model(read.modelId)}>{read.model.name}</PlaceLink> : <span className="dim">a model that is gone</span>}{' '}
                  <button type="button" className={classes.link} onClick={only('model', read.modelId)}>only it</button>
                </Table.Td>
                <Table.Td className={classes.who}>
                  {actorName(read.actor)}{' '}
                  <button type="button" className={classes.link} onClick={only('actor', read.actor.id)}>only theirs</button>
                </Table.Td>
                <Table.Td>{read.how === 'OPENED' ? 'Opened' : 'In a list'}</Table.Td>
                <Table.Td className={classes.when}><Time at={read.firstAt} isExact /></Table.Td>
                <Table.Td className={classes.when}><Time at={read.lastAt} isExact /></Table.Td>
                <Table.Td className="figures">
                  {read.count === null ? <span className="dim" title="It was read again after this moment: how often until then is not known">–</span> : count(read.count)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {pages.moreError && <Failing what="Older reads" error={pages.moreError} onRetry={pages.readMore} />}
      {pages.hasMore && <More isReading={pages.isReadingMore} onMore={pages.readMore} />}
    </Panel>
  );
}
