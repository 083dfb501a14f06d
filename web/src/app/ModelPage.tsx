import { Suspense } from 'react';
import { useParams } from 'react-router';
import { ColumnsOf } from '../components/ColumnsOf';
import { PlaceLink } from '../components/PlaceLink';
import { paths } from '../components/paths';
import { Empty, Failing, LoadingBlock } from '../components/states';
import { TabRow } from '../components/TabRow';
import { useAsOf } from '../components/useAsOf';
import { useTitle } from '../components/useTitle';
import { useKeptQuery } from '../components/useKeptQuery';
import { useRefresh } from '../components/useRefresh';
import { IntakeNow } from '../features/predictions/IntakeNow';
import { ModelHead } from '../features/registry/ModelHead';
import { permissionsAt } from '../features/tenancy/tenant';
import { ComponentBars } from '../features/trust/ComponentBars';
import { sentenceNow } from '../features/trust/standingNow';
import { TrustNow } from '../features/trust/TrustNow';
import { FreshnessFigures, TrustFigures } from '../features/trust/fragments';
import { useLiveTrust } from '../features/trust/useLiveTrust';
import { graphql, readFragment } from '../gql';
import { count } from '../lib/format';
import { ModelTab } from './ModelTab';
import { MODEL_TABS } from './modelTabs';
import classes from './ModelPage.module.css';

const ModelScreen = graphql(`
  query ModelScreen($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      name
      project {
        id
        permissions
      }
      ...ModelHeadFigures
      trust {
        ...TrustFigures
      }
      trustFreshness {
        ...FreshnessFigures
      }
      intake {
        ...IntakeFigures
      }
      openAlertCount
    }
  }
`);

const REFRESH_MILLISECONDS = 5_000;

/** One model: how far it can be trusted, why, and the parts under it. */
export function ModelPage() {
  const { id = '', tab = 'trust' } = useParams();
  const { asOf } = useAsOf();
  const isPast = asOf !== null;
  const [result, readAgain] = useKeptQuery({ query: ModelScreen, variables: { id, asOf } });
  const live = useLiveTrust(id, isPast);
  const model = result.data?.model;
  useTitle(model?.name);
  useRefresh(readAgain, isPast ? null : REFRESH_MILLISECONDS);

  if (result.data === undefined) {
    if (result.error) {
      return <Failing what="The model" error={result.error} onRetry={() => readAgain({ requestPolicy: 'network-only' })} />;
    }
    return <Loading />;
  }
  if (!model) {
    return (
      <Empty title={isPast ? 'This model was not known then' : 'There is no such model'}>
        {isPast ? 'Move the slider to a later moment.' : 'It may belong to a project that you are not a member of.'}{' '}
        <PlaceLink to={paths.models}>All models</PlaceLink>
      </Empty>
    );
  }
  const recorded = readFragment(TrustFigures, model.trust) ?? null;
  const freshness = readFragment(FreshnessFigures, model.trustFreshness) ?? null;
  const score = live?.score ?? recorded;
  const permissions = permissionsAt(model.project.permissions, isPast);
  return (
    <div className={classes.page}>
      {result.error && <Failing what="The newest of this model" error={result.error} onRetry={() => readAgain({ requestPolicy: 'network-only' })} />}
      <ModelHead model={model} sentence={score ? sentenceNow(score, freshness) : 'No trust score has been recorded yet.'} />
      <div className={classes.instruments}>
        <TrustNow modelId={id} recorded={recorded} freshness={freshness} live={live} isPast={isPast} maySend={permissions.includes('INGEST')} />
        <ComponentBars score={score} />
        <IntakeNow modelId={id} intake={model.intake} isPast={isPast} />
      </div>
      <TabRow
        label="Parts of the model"
        chosen={tab}
        tabs={MODEL_TABS.map(([name, label]) => ({
          name,
          to: paths.model(id, name),
          label,
          mark: name === 'alerts' && model.openAlertCount > 0 && (
            <span className={classes.count}>{count(model.openAlertCount)}<span className="visually-hidden"> waiting</span></span>
          ),
        }))}
      />
      <ColumnsOf modelId={id}>
        <Suspense fallback={<LoadingBlock height={320} />}>
          <ModelTab tab={tab} modelId={id} permissions={permissions} live={live} score={score} />
        </Suspense>
      </ColumnsOf>
    </div>
  );
}

function Loading() {
  return (
    <div className={classes.page}>
      <LoadingBlock height={92} />
      <div className={classes.instruments}>
        <LoadingBlock height={240} />
        <LoadingBlock height={240} />
        <LoadingBlock height={240} />
      </div>
      <LoadingBlock height={320} />
    </div>
  );
}
