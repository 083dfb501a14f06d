import { useState } from 'react';
import { CopyBlock } from '../../components/CopyBlock';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { useLive } from '../../components/useLive';
import { graphql } from '../../gql';
import type { FirstPredictionSubscription, WelcomeModelQuery } from '../../gql/graphql';
import { count, plural, shortName } from '../../lib/format';
import { ingestCommand, rowConsequence, rowTime } from './commands';
import { Done } from './Done';
import classes from './WelcomePage.module.css';

const FirstPrediction = graphql(`
  subscription FirstPrediction($modelId: ID!, $after: Cursor) {
    ingestion(modelId: $modelId, after: $after) {
      cursor
      predictions
      highWater
    }
  }
`);

export type ChosenModel = NonNullable<WelcomeModelQuery['model']>;
export type ChosenVersion = NonNullable<ChosenModel['versions']['nodes'][number]>;

export const SEND_TITLE = '3. Send predictions';
export const SEND_NOTE = 'NDJSON, CSV or Arrow IPC; each row is durable before it is acknowledged.';

/** The command for the one version that was chosen, and its rows as they arrive. */
export function SendStep({ model, version }: { model: ChosenModel; version: ChosenVersion }) {
  // what was there when the step opened: the first that is heard live may count what was sent meanwhile
  const [opened] = useState(() => ({ at: new Date(), predictions: model.intake.predictions }));
  const data = useLive(
    { query: FirstPrediction, variables: { modelId: model.id } },
    (_: FirstPredictionSubscription['ingestion'] | undefined, { ingestion }) => ingestion,
  );
  const { predictions, highWater } = data ?? model.intake;
  const fresh = predictions - opened.predictions;
  const isServing = model.production?.version.id === version.id;
  return (
    <Panel title={SEND_TITLE} note={SEND_NOTE} actions={<Done isDone={fresh > 0} text={waitingFor(predictions, fresh)} />}>
      <div className={classes.step}>
        {model.project.permissions.includes('INGEST') ? (
          <>
            <p>{rowConsequence({ name: shortName(model.name), tag: version.tag, isServing, predictions, highWater })}</p>
            <CopyBlock label="send a prediction" text={ingestCommand(window.location.origin, version, rowTime(highWater, opened.at), opened.at)} />
          </>
        ) : (
          <p className="dim">Your role sends no predictions to {shortName(model.name)}.</p>
        )}
        {predictions > 0 && <p><PlaceLink to={paths.model(model.id)}>Look at {shortName(model.name)}</PlaceLink></p>}
      </div>
    </Panel>
  );
}

function waitingFor(predictions: number, fresh: number): string {
  if (fresh > 0) return `${plural(fresh, 'prediction')} arrived`;
  return predictions > 0 ? `Waiting; it has ${count(predictions)}` : 'Waiting for the first';
}
