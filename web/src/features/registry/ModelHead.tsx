import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Time } from '../../components/Time';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { actorName } from '../../lib/sentences';
import classes from './ModelHead.module.css';

export const ModelHeadFigures = graphql(`
  fragment ModelHeadFigures on Model {
    id
    name
    description
    project {
      name
      organization {
        name
      }
    }
    registeredAt
    production {
      version {
        tag
      }
      since
      reason
      promotedBy {
        kind
        id
        name
      }
    }
  }
`);

/** What the model is, what serves in production since when and by whom, and how it is in one sentence. */
export function ModelHead({ model, sentence }: { model: FragmentType<typeof ModelHeadFigures>; sentence: string }) {
  const { id, name, description, project, registeredAt, production } = readFragment(ModelHeadFigures, model);
  return (
    <header className={classes.head}>
      <p className={classes.where}>
        <PlaceLink to={paths.models}>Models</PlaceLink> / {project.organization.name}, {project.name}
      </p>
      <h1>{name}</h1>
      <p className={classes.sentence}>{sentence}</p>
      <p className="dim">
        {production ? (
          <>
            <PlaceLink to={paths.model(id, 'versions')}>{production.version.tag}</PlaceLink> in production since{' '}
            <Time at={production.since} />, promoted by {actorName(production.promotedBy)}
            {production.reason && <>: “{production.reason}”</>}
          </>
        ) : (
          <>Not in production. Registered <Time at={registeredAt} />.</>
        )}
      </p>
      <p className={classes.about} title={description}>{description}</p>
    </header>
  );
}
