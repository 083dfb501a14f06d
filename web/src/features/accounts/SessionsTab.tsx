import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../components/Panel';
import { Loaded, LoadingRows } from '../../components/states';
import { Age, Time } from '../../components/Time';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { plural } from '../../lib/format';
import { signOut } from '../../lib/signOut';
import { EndSessionDialog, SignOutEverywhereDialog } from './SessionDialogs';
import { programName } from './programName';
import classes from './account.module.css';

const OwnSessions = graphql(`
  query OwnSessions {
    sessions {
      id
      startedAt
      renewedAt
      endsAt
      isThis
      address
      agent
    }
  }
`);

/** Where the reader is signed in, and the way out of each. */
export function SessionsTab() {
  const [result, readAgain] = useKeptQuery({ query: OwnSessions });
  const [ending, setEnding] = useState<{ id: string; program: string } | 'others' | null>(null);
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const others = plural((result.data?.sessions ?? []).filter((each) => !each.isThis).length, 'other session');
  return (
    <>
      <Panel
        title="Where you are signed in"
        note="End what you don’t know, and change the password."
        isFlush
        actions={
          !others.startsWith('0') && (
            <Button size="xs" variant="default" onClick={() => setEnding('others')}>Sign out everywhere else</Button>
          )
        }
      >
        <Loaded what="Your sessions" result={result} onRetry={read} loading={<div className={classes.inset}><LoadingRows rows={3} height={40} /></div>}>
          {({ sessions }) => (
            <Table verticalSpacing={8}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Program</Table.Th>
                  <Table.Th>Address</Table.Th>
                  <Table.Th>Signed in</Table.Th>
                  <Table.Th>Last renewed</Table.Th>
                  <Table.Th>Ends by itself</Table.Th>
                  <Table.Th><span className="visually-hidden">End it</span></Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {sessions.map((session) => (
                  <Table.Tr key={session.id}>
                    <Table.Td className={classes.agent}>
                      <span title={session.agent ?? undefined}>{programName(session.agent)}</span>
                      {session.isThis && <span className={classes.this}>This one</span>}
                    </Table.Td>
                    <Table.Td>{session.address ?? <span className="dim">not known</span>}</Table.Td>
                    <Table.Td><Time at={session.startedAt} /></Table.Td>
                    <Table.Td><Age at={session.renewedAt ?? session.startedAt} /></Table.Td>
                    <Table.Td><Time at={session.endsAt} /></Table.Td>
                    <Table.Td className="figures">
                      <Button
                        size="compact-xs"
                        variant="default"
                        onClick={session.isThis ? signOut : () => setEnding({ id: session.id, program: programName(session.agent) })}
                      >
                        Sign out
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Loaded>
      </Panel>
      {ending === 'others' && <SignOutEverywhereDialog others={others} onClose={() => setEnding(null)} onDone={read} />}
      {ending !== null && ending !== 'others' && <EndSessionDialog session={ending} onClose={() => setEnding(null)} onDone={read} />}
    </>
  );
}
