#!/bin/sh
# Starts the official image with one user, as the embedded broker has it.
set -eu
mosquitto_passwd -c -b /tmp/users arus "$MQTT_PASSWORD"
chmod 600 /tmp/users
cat > /tmp/mosquitto.conf <<CONFIG
user root
listener 1883
allow_anonymous false
password_file /tmp/users
persistence true
persistence_location /mosquitto/data/
autosave_interval 30
log_dest stdout
CONFIG
exec mosquitto -c /tmp/mosquitto.conf
