import { CloseButton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';
import { Fact, Facts } from '../../components/Fact';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Time } from '../../components/Time';
import type { SecurityEventFiguresFragment } from '../../gql/graphql';
import { count, plural } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { KINDS, reasonWords } from './events';
import classes from './security.module.css';

/** One event: what, who, whose, where from, how often, and its place in the log if it is a fact. */
export function EventDetail({ event, onClose }: { event: SecurityEventFiguresFragment; onClose: () => void }) {
  const [, setParams] = useSearchParams();
  const place = useRef<HTMLDivElement>(null);
  // On a narrow screen it stands above the list, out of sight of whoever has scrolled down in that.
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest' });
  }, [event.id]);
  const reason = reasonWords(event);
  const only = (actor: string) => () =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      next.set('actor', actor);
      return next;
    });
  const isOwn = event.actor && event.person && event.actor.id === event.person.id;
  return (
    <div ref={place} className={classes.detail}>
      <Panel
        title={KINDS[event.kind]}
        note={`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`}
        actions={<CloseButton size="sm" aria-label="Close the event" onClick={onClose} />}
      >
        <Facts>
          <Fact name="Who">
            {event.actor ? (
              <>{actorName(event.actor)}{' '}<button type="button" className={classes.link} onClick={only(event.actor.id)}>only theirs</button></>
            ) : (
              <span className="dim">Not known: whoever it was did not show who they are</span>
            )}
          </Fact>
          {event.person && !isOwn && (
            <Fact name={event.kind === 'ROLE_CHANGED' ? 'Whose role' : 'Whose account'}>
              {actorName(event.person)}{' '}<button type="button" className={classes.link} onClick={only(event.person.id)}>only theirs</button>
            </Fact>
          )}
          <Fact name="Network address">{event.address ?? <span className="dim">Not recorded, or its person was erased</span>}</Fact>
          {event.subject && <Fact name={event.kind === 'PERMISSION_REFUSED' ? 'What was wanted' : 'About'}><code className={classes.code}>{event.subject}</code></Fact>}
          {event.count === 1 ? (
            <Fact name="When"><Time at={event.lastAt} isExact /></Fact>
          ) : (
            <>
              <Fact name="How often">{plural(event.count, 'time')}</Fact>
              <Fact name="First"><Time at={event.firstAt} isExact /></Fact>
              <Fact name="Last"><Time at={event.lastAt} isExact /></Fact>
            </>
          )}
          <Fact name="Recorded"><Time at={event.recordedAt} isExact /></Fact>
          <Fact name="Reason"><code className={classes.code}>{event.reason}</code></Fact>
          {event.position === null ? (
            <Fact name="Kept">Beside the log, for a time</Fact>
          ) : (
            <Fact name="Fact of the log"><PlaceLink to={paths.auditEntry(event.position)}>position {count(Number(event.position))}</PlaceLink></Fact>
          )}
        </Facts>
      </Panel>
    </div>
  );
}
