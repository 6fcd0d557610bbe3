/** Names for persons who do not exist: frequent ones of the three communities, and of people who came from elsewhere. */

import type { Sex } from '../domain/ssin.ts';
import type { Random } from './random.ts';

export type Origin = 'nl' | 'fr' | 'de' | 'other';

type Names = readonly [string, ...string[]];
type Stock = { readonly family: Names } & Readonly<Record<Sex, Names>>;

const split = (text: string): Names => {
  const [first = '', ...rest] = text.split(', ');
  return [first, ...rest];
};

const STOCKS: Readonly<Record<Origin, Stock>> = {
  nl: {
    family: split(
      'Peeters, Janssens, Maes, Jacobs, Mertens, Willems, Claes, Goossens, Wouters, De Smet, De Clercq, Van den Broeck, Vermeulen, Pauwels, Aerts, Hermans, Michiels, Van Damme, Desmet, Segers, Verhaegen, De Backer, Lemmens, Bogaerts, Cools, Van de Velde, Smets, Coppens, Daniëls, Thijs, Bosmans, Stevens, D’Hondt, Van Acker, Vandenberghe, Ooms, Baeyens, Geerts, Noël, Verstraete',
    ),
    female: split(
      'Emma, Louise, An, Marie, Lore, Hilde, Griet, Annelies, Els, Katrien, Lena, Noor, Ine, Veerle, Zoë, Anaïs, Leen, Sofie, Rita, Godelieve, Maria, Chloë, Fien, Jana',
    ),
    male: split(
      'Jan, Lucas, Pieter, Bart, Koen, Wout, Jef, Noah, Liam, Joris, Dirk, Luc, Marc, Tom, Stijn, Wannes, Daniël, Raf, Gert, Jozef, Michaël, Kobe, Seppe, Jules',
    ),
  },
  fr: {
    family: split(
      'Dubois, Lambert, Martin, Dupont, Simon, Laurent, Leclercq, Denis, Lejeune, Renard, Gérard, Noël, Hubert, Collard, Dumont, André, Lefèbvre, Mathieu, François, Charlier, Bodart, Rousseau, Delvaux, Léonard, Henry, Grégoire, Thiry, Toussaint, Évrard, Wauters, Poncelet, Gilles, Servais, Marchal, Etienne, Bertrand, De Crèvecœur, Piret, Wéry, Antoine',
    ),
    female: split(
      'Marie, Camille, Léa, Chloé, Amélie, Élise, Anne, Nathalie, Françoise, Zoé, Éléonore, Inès, Noémie, Monique, Valérie, Agnès, Héloïse, Juliette, Océane, Solène, Danièle, Eugénie',
    ),
    male: split(
      'Louis, Arthur, Hugo, Jean, Michel, Rémi, Théo, Philippe, André, Noé, Maël, Benoît, François, Loïc, Gaëtan, Jérôme, Cédric, Frédéric, Raphaël, Didier, Étienne, Joël',
    ),
  },
  de: {
    family: split(
      'Müller, Schmitz, Schröder, Thönnes, Weiß, Jost, Küpper, Heinen, Pauels, Groß, Kohnen, Langer, Völl, Brüls, Hoffmann, Wiesemes, Keutgen, Lenz',
    ),
    female: split('Anna, Käthe, Ursula, Lena, Mia, Jürgine, Björke, Helga, Sophia, Bärbel'),
    male: split('Jürgen, Günther, Björn, Lukas, Karl, Jörg, Leon, Rüdiger, Dieter, Sören'),
  },
  other: {
    family: split(
      'El Amrani, Benali, Yılmaz, Öztürk, Çelik, Şahin, Nowak, Wiśniewski, Kowalczyk, Łukasik, Popescu, Ionescu, Țurcanu, García, Muñoz, Núñez, Ferreira, Gonçalves, Rossi, D’Amico, Nguyễn, Petrović, Đorđević, Novák, Dvořák, Kovács, Ivanović, Håkansson, Diallo, Mbuyi, Al-Sayed, O’Connor',
    ),
    female: split(
      'Fatima, Yasmine, Elif, Ayşe, Agnieszka, Małgorzata, Ioana, Ștefania, María, Inês, Giulia, Thị Hoa, Jelena, Zuzana, Ilona, Åsa, Aïssatou, Noor, Siobhán',
    ),
    male: split(
      'Mohamed, Yassine, Mehmet, Çağlar, Łukasz, Paweł, Șerban, Andrei, José, João, Giuseppe, Văn Minh, Đorđe, Tomáš, László, Håkon, Mamadou, Omar, Seán',
    ),
  },
};

/** Draws a family name. */
export function familyName(random: Random, origin: Origin): string {
  return random.pick(STOCKS[origin].family);
}

/** Draws a given name, sometimes two. */
export function givenName(random: Random, origin: Origin, sex: Sex): string {
  const names = STOCKS[origin][sex];
  const first = random.pick(names);
  return random.chance(0.15) ? `${first} ${random.pick(names)}` : first;
}

const TRADES: Readonly<Record<string, Readonly<Record<'nl' | 'fr', string>>>> = {
  '124': { nl: 'Bouwwerken', fr: 'Construction' },
  '140': { nl: 'Transport', fr: 'Transports' },
  '144': { nl: 'Hoeve', fr: 'Ferme' },
  '145': { nl: 'Boomkwekerij', fr: 'Pépinières' },
  '149': { nl: 'Garage', fr: 'Carrosserie' },
  '302': { nl: 'Hotel', fr: 'Hôtel' },
  '320': { nl: 'Uitvaartzorg', fr: 'Pompes funèbres' },
  '322': { nl: 'Interim', fr: 'Intérim' },
};

/** Names an enterprise after its trade and a family. */
export function enterpriseName(random: Random, committee: string): string {
  const language = random.chance(0.58) ? 'nl' : 'fr';
  const trade = TRADES[committee]?.[language] ?? 'Onderneming';
  return `${trade} ${familyName(random, language)} ${language === 'nl' ? 'BV' : 'SRL'}`;
}
