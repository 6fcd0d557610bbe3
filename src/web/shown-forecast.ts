/** What a checked batch would come to, as its page shows it: counts, and a bar for each municipality. */
import { titleOf } from '../domain/courtesy.ts';
import type { ConsultedForecast } from '../workflows/batch-forecast.ts';
import type { Services } from '../workflows/services.ts';
import type { Texts } from './texts.ts';

/** So many municipalities stand open, the largest first; the others are a list to unfold. */
const OPEN_PLACES = 8;

/** Gives what the view shows. */
export function shownForecast(
  { catalogue }: Pick<Services, 'catalogue'>,
  forecast: ConsultedForecast,
  { language }: Texts,
) {
  const { attestations, places, estimatedSeconds } = forecast;
  const holders = new Set(places.flatMap(({ place }) => place.within ?? []));
  const all = places.map(({ place, persons }) => ({
    name: place.label[language],
    persons,
    isArea: holders.has(place.id),
  }));
  const municipalities = all.filter(({ isArea }) => !isArea);
  return {
    ...forecast,
    attestations: attestations.map(({ type: id, count }) => {
      const type = catalogue.types.get(id);
      return { name: type === undefined ? id : titleOf(type, language), count };
    }),
    largest: municipalities.sort((one, other) => other.persons - one.persons).slice(0, OPEN_PLACES),
    all,
    minutes: estimatedSeconds === undefined ? undefined : Math.round(estimatedSeconds / 60),
  };
}
