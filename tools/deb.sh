#!/bin/bash
# Makes the Debian package build-deb/hangji_VERSION_ARCH.deb out of an ordinary installation.
#
#   tools/deb.sh        SOURCE_DATE_EPOCH=... for the same bytes again
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
out=build-deb
root=$out/root
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
export SOURCE_DATE_EPOCH

if [ ! -f "$out/build.ninja" ]; then
    meson setup "$out" --prefix=/usr --sysconfdir=/etc --localstatedir=/var -Dbuildtype=debugoptimized \
        -Dc_link_args=-Wl,-z,relro,-z,now >/dev/null
fi
ninja -C "$out" --quiet hangji
rm -rf "$root"
DESTDIR=$PWD/$root meson install -C "$out" --no-rebuild --quiet
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/hangji"

version=$(sed -n "s/^project('hangji'.* version: '\([^']*\)'.*/\1/p" meson.build)
arch=$(dpkg --print-architecture)
doc=$root/usr/share/doc/hangji
mkdir -p "$root/DEBIAN" "$doc"
cp packaging/debian/copyright "$doc/"
cp NOTICE "$doc/"
{
    printf 'hangji (%s) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n' "$version"
    printf ' -- Hangji developers <hangji@example.org>  %s\n' \
        "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.gz"
gzip -9nc CHANGELOG.md >"$doc/CHANGELOG.md.gz"

# The libraries the program really needs, from the program itself.
mkdir -p "$out/debian"
printf 'Source: hangji\n\nPackage: hangji\nArchitecture: any\n' >"$out/debian/control"
depends=$(cd "$out" && dpkg-shlibdeps -O root/usr/bin/hangji 2>/dev/null |
    sed -n 's/^shlibs:Depends=//p')
size=$(du -sk --exclude=DEBIAN "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$size/" \
    -e "s/@DEPENDS@/$depends/" packaging/debian/control.in >"$root/DEBIAN/control"
for script in postinst prerm postrm; do
    install -m 0755 "packaging/debian/$script" "$root/DEBIAN/$script"
done
find "$root" -type d -exec chmod 0755 {} +
find "$root/usr/share" "$root/usr/lib" -type f -exec chmod 0644 {} +
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
dpkg-deb --root-owner-group --build "$root" "$out/hangji_${version}_$arch.deb" >/dev/null
echo "$out/hangji_${version}_$arch.deb"
