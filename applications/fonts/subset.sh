#!/bin/sh
# Cut Noto Sans down to the Latin and Cyrillic letters of the portal's languages and their signs.
# Needs fonts-noto-core (Debian) and fontTools; run from anywhere, with the environment active.
set -eu
cd "$(dirname "$0")"
for weight in Regular Bold; do
    pyftsubset "/usr/share/fonts/truetype/noto/NotoSans-$weight.ttf" \
        --unicodes="U+20-7E,U+A0-17F,U+18F,U+192,U+1E6-1E7,U+259,U+2BB-2BC,U+2C6-2DD,U+300-304,U+306-308,U+30A-30C,U+400-52F,U+1E00-1EFF,U+2000-200A,U+2010-2015,U+2018-2022,U+2026,U+202F,U+2030,U+2032-2033,U+2039-203A,U+2044,U+20AC,U+20B8,U+20BD,U+2116,U+2122,U+2212,U+2260,U+2264-2265,U+FFFD" \
        --layout-features=kern,mark,mkmk,ccmp,locl --no-hinting \
        --name-IDs=0,1,2,3,4,5,6,13,14 --output-file="NotoSans-$weight.ttf"
done
