/** Reads `brand/brand.yaml`: the issuing institution, its colour and its emblem. */
import { z } from 'zod';
import type { Emblem, Issuer } from '../domain/attestation-type.ts';
import { parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import { fourLanguageWords, words } from './shapes.ts';
import { readYamlFile } from './yaml-file.ts';

/** The look and name of the institution. */
export interface Brand {
  readonly issuer: Issuer;
  readonly emblem: Emblem;
}

const addressLines = z.array(words).min(1);

const brandSchema: z.ZodType<Brand> = z
  .strictObject({
    enterpriseNumber: z
      .string()
      .refine(
        (text) => text.length === 10 && parseEnterpriseNumber(text) !== undefined,
        'an enterprise number of ten digits in quotation marks is expected, with right check digits',
      ),
    name: fourLanguageWords,
    shortName: fourLanguageWords,
    address: z.strictObject({ nl: addressLines, fr: addressLines, de: addressLines, en: addressLines }),
    contact: z.strictObject({ email: z.email(), telephone: words, website: words }),
    colour: z
      .string()
      .regex(/^#[0-9a-f]{6}$/, 'a colour #rrggbb in small letters and quotation marks is expected')
      .refine(
        (colour) => contrastWithWhite(colour) >= 4.5,
        'it is too light to be read on white (WCAG 2.2, 1.4.3)',
      ),
    emblem: z.strictObject({
      width: z.number().positive(),
      height: z.number().positive(),
      path: z
        .string()
        .trim()
        .regex(/^[Mm][MmLlHhVvCcSsQqTtAaZz0-9eE ,.+-]*$/, 'the data of an SVG path is expected'),
    }),
  })
  .transform(({ emblem, ...issuer }) => ({ issuer, emblem }));

/** Reads the brand. @throws ServiceError `templateInvalid` */
export async function readBrandFile(folder: string): Promise<Brand> {
  return (await readYamlFile(folder, 'brand/brand.yaml', brandSchema)).value;
}

/** Contrast ratio of a colour `#rrggbb` with white (WCAG 2.2, relative luminance). */
function contrastWithWhite(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}
