import type { ReactNode } from 'react';
import { Panel } from '../components/Panel';
import { Empty, isForbidden, Loaded, LoadingBlock, LoadingRows } from '../components/states';
import { useAsOf } from '../components/useAsOf';
import { useTitle } from '../components/useTitle';
import { useKeptQuery } from '../components/useKeptQuery';
import { useProject } from '../components/useProject';
import { mayAnywhere, useTenants } from '../components/useTenants';
import { useRefresh } from '../components/useRefresh';
import { OpenAlertList } from '../features/alerts/OpenAlertList';
import { RecentChanges } from '../features/audit/RecentChanges';
import { ModelRow, ModelTable } from '../features/registry/ModelTable';
import { TrustCell } from '../features/trust/TrustCell';
import { TrustStanding } from '../features/trust/TrustStanding';
import { graphql, readFragment } from '../gql';
import { count } from '../lib/format';
import { sentenceOfTheDay } from '../lib/sentences';
import { FirstStep } from './FirstStep';
import classes from './OverviewPage.module.css';

const PAGE = 100;
const REFRESH_MILLISECONDS = 10_000;

const Overview = graphql(`
  query Overview($first: Int!, $filter: ModelFilter, $asOf: AsOf) {
    models(first: $first, filter: $filter, asOf: $asOf) {
      totalCount
      nodes {
        id
        ...ModelRow
        ...TrustCellModel
      }
    }
  }
`);

/** Is it all right, and if not, where? Who belongs nowhere yet is shown what is elsewhere. */
export function OverviewPage({ elsewhere }: { elsewhere: ReactNode }) {
  useTitle('Models');
  const { asOf } = useAsOf();
  const { projectId } = useProject();
  const tenants = useTenants();
  const [result, readAgain] = useKeptQuery({ query: Overview, variables: { first: PAGE, filter: { projectId }, asOf } });
  const retry = () => readAgain({ requestPolicy: 'network-only' });
  useRefresh(readAgain, asOf === null ? REFRESH_MILLISECONDS : null);
  if (isForbidden(result.error)) return elsewhere;
  const nodes = result.data?.models.nodes ?? [];
  const rows = nodes.map((node) => readFragment(ModelRow, node));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const total = result.data?.models.totalCount ?? 0;
  const sentence = sentenceOfTheDay(
    rows.map((row) => ({ name: row.name, standing: row.trust?.standing ?? null, openAlertCount: row.openAlertCount })),
    total,
  );
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        {result.data ? (
          <>
            <h1>{rows.length === 0 ? `${emptyTitle(asOf !== null, projectId !== null)}.` : sentence.first}</h1>
            {sentence.rest !== '' && <p className="dim">{sentence.rest}</p>}
          </>
        ) : (
          result.error ? <h1>The models could not be read.</h1> : <LoadingBlock height={48} />
        )}
      </header>
      <Panel
        title="Models by trust"
        isFlush
        note={total > PAGE ? `The first ${count(PAGE)} of ${count(total)} by name; “Go to…” finds the others.` : undefined}
      >
        <Loaded
          what="The list of models"
          result={result}
          onRetry={retry}
          loading={<div className={classes.inset}><LoadingRows rows={6} height={32} /></div>}
          isEmpty={(data) => data.models.nodes.length === 0}
          empty={
            <div className={classes.inset}>
              <Empty title={emptyTitle(asOf !== null, projectId !== null)}>
                {asOf === null && <FirstStep />}
              </Empty>
            </div>
          }
        >
          {() => (
            <ModelTable
              models={rows}
              isPast={asOf !== null}
              trustOf={(id) => {
                const model = byId.get(id);
                return model && <TrustCell model={model} isPast={asOf !== null} />;
              }}
              standingOf={(id) => {
                const model = byId.get(id);
                return model && <TrustStanding model={model} isPast={asOf !== null} />;
              }}
            />
          )}
        </Loaded>
      </Panel>
      <div className={classes.two}>
        <OpenAlertList />
        {mayAnywhere(tenants, 'READ_AUDIT') && <RecentChanges />}
      </div>
    </div>
  );
}

function emptyTitle(isPast: boolean, isOfOneProject: boolean): string {
  const where = isOfOneProject ? ' in this project' : '';
  return isPast ? `No model was registered${where} then` : `No model is registered${where} yet`;
}
