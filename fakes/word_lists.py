"""Words that people are made of, taken once from Faker's Chinese providers.

Faker draws from one stream and is slow; a pick from these lists is bound to its candidate and takes about 2
µs.
"""

from itertools import accumulate

from faker.providers.address.zh_CN import Provider as FakerAddresses
from faker.providers.company.zh_CN import Provider as FakerCompanies
from faker.providers.person.zh_CN import Provider as FakerPersons

SURNAMES: tuple[str, ...] = tuple(FakerPersons.last_names)
SURNAME_WEIGHTS_SUMMED: tuple[float, ...] = tuple(accumulate(FakerPersons.last_names.values()))
"""The running sums of how frequent the surnames are, for a bisection."""
GIVEN_NAMES_OF_MEN: tuple[str, ...] = tuple(FakerPersons.first_names_male)
GIVEN_NAMES_OF_WOMEN: tuple[str, ...] = tuple(FakerPersons.first_names_female)

DISTRICTS: tuple[str, ...] = tuple(f"{district}区" for district in dict.fromkeys(FakerAddresses.districts))
STREETS: tuple[str, ...] = tuple(
    f"{city}{suffix}" for city in dict.fromkeys(FakerAddresses.cities) for suffix in FakerAddresses.street_suffixes
)

EMPLOYER_NAMES: tuple[str, ...] = tuple(dict.fromkeys(FakerCompanies.company_prefixes))
# Faker's suffixes are of trading companies; these are the employers that social workers have.
EMPLOYER_KINDS = (
    "社会工作服务中心",
    "社区服务中心",
    "养老服务中心",
    "青少年事务中心",
    "公益发展中心",
    "康复服务站",
)
