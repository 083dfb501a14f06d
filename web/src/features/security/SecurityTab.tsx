import { Button, Table } from '@mantine/core';
import { Shape } from '../../components/Meaning';
import { Panel } from '../../components/Panel';
import { Empty, Failing, LoadingRows } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useNow } from '../../components/useNow';
import { graphql, readFragment } from '../../gql';
import type { SecurityEventFiguresFragment, SecurityEventKind } from '../../gql/graphql';
import { count } from '../../lib/format';
import { daySentence, KINDS, meaningOf, reasonWords, SecurityEventFigures, whoWords } from './events';
import { EventDetail } from './EventDetail';
import { Filters, useFilter } from './filters';
import { usePages } from '../../components/usePages';
import classes from './security.module.css';

const PAGE = 100;
const NAMES = ['kind', 'actor', 'from', 'to'] as const;
const OPTIONS = Object.entries(KINDS).map(([value, label]) => ({ value, label }));

const SecurityEvents = graphql(`
  query SecurityEvents($id: ID!, $first: Int!, $after: Cursor, $filter: SecurityEventFilter, $asOf: AsOf) {
    securityEvents(organizationId: $id, first: $first, after: $after, filter: $filter, asOf: $asOf) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        ...SecurityEventFigures
      }
    }
  }
`);

function isKind(text: string | null): text is SecurityEventKind {
  return text !== null && text in KINDS;
}

/** What concerns the organization's safety, newest first; one event beside it. */
export function SecurityTab({ id }: { id: string }) {
  const { asOf } = useAsOf();
  const isPast = asOf !== null;
  const now = useNow();
  const [selected, select] = useParam('event');
  const { text, time, isNarrowed } = useFilter(NAMES);
  const kind = text('kind');
  const filter = { kinds: isKind(kind) ? [kind] : null, actorId: text('actor'), from: time('from'), to: time('to') };
  const pages = usePages(
    SecurityEvents,
    { id, first: PAGE, after: null, filter, asOf },
    ({ securityEvents }) => ({ ...securityEvents, nodes: readFragment(SecurityEventFigures, securityEvents.nodes) }),
    isPast,
  );
  const events = pages.nodes;
  const chosen = events?.find((event) => event.id === selected);
  const isGlance = events !== undefined && !isNarrowed && !isPast;
  return (
    <div className={classes.split} data-selected={chosen !== undefined}>
      <Panel
        title="Security events"
        note={isGlance ? daySentence(events, now, !pages.hasMore) : 'Newest first. What was refused or failed is counted: a row may stand for many.'}
        isFlush
        actions={<Filters kind="kind" label="What" options={OPTIONS} others={[['actor', 'One person or key']]} />}
      >
        {pages.error && <Failing what="The security events" error={pages.error} onRetry={pages.retry} />}
        {events === undefined && !pages.error && <div className={classes.inset}><LoadingRows rows={8} height={28} /></div>}
        {events?.length === 0 && (
          <div className={classes.inset}>
            <Empty title={isNarrowed ? 'Nothing fits' : isPast ? 'Nothing was recorded by then' : 'Nothing has been recorded yet'}>
              {isNarrowed ? 'Loosen the filters, or look at another moment.' : 'Sign-ins, failed ones, refusals, roles, keys and exports stand here.'}
            </Empty>
          </div>
        )}
        {events !== undefined && events.length > 0 && <EventRows events={events} selected={selected} onSelect={select} />}
        {pages.moreError && <Failing what="Older events" error={pages.moreError} onRetry={pages.readMore} />}
        {pages.hasMore && <More isReading={pages.isReadingMore} onMore={pages.readMore} />}
      </Panel>
      {chosen !== undefined && <EventDetail event={chosen} onClose={() => select('')} />}
    </div>
  );
}

export function More({ isReading, onMore }: { isReading: boolean; onMore: () => void }) {
  return <div className={classes.more}><Button size="xs" variant="default" loading={isReading} onClick={onMore}>Older ones</Button></div>;
}

function EventRows({ events, selected, onSelect }: {
  events: readonly SecurityEventFiguresFragment[];
  selected: string;
  onSelect: (id: string) => void;
}) {
  return (
    <Table verticalSpacing={6} highlightOnHover className={classes.rows}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>When</Table.Th>
          <Table.Th>What</Table.Th>
          <Table.Th>Who</Table.Th>
          <Table.Th>From</Table.Th>
          <Table.Th className="figures">Times</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {events.map((event) => (
          <Table.Tr key={event.id} data-selected={event.id === selected} onClick={() => onSelect(event.id)}>
            <Table.Td className={classes.when}><Time at={event.lastAt} isExact /></Table.Td>
            <Table.Td>
              <span className={classes.what}>
                <Shape meaning={meaningOf(event)} />
                <span>
                  <button type="button" className={classes.plain}>{KINDS[event.kind]}</button>
                  <span className="dim">: {reasonWords(event)}</span>
                </span>
              </span>
            </Table.Td>
            <Table.Td className={classes.who}>{whoWords(event)}</Table.Td>
            <Table.Td className={classes.address}>{event.address ?? <span className="dim">–</span>}</Table.Td>
            <Table.Td className="figures">{count(event.count)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
